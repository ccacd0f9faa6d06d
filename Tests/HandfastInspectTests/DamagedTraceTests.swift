import HandfastInspect
import Testing

/// A trace file may come from anywhere. Whatever it says, it is refused or told.
struct DamagedTraceTests {
  private static let text = try? TraceFile.text(Fixture.complete().entries + Fixture.expired().entries)

  /// The first line of each kind of event, by its index.
  private static func samples(_ lines: [String]) -> [Int] {
    var seen: Set<Substring> = []
    return lines.indices.filter { index in
      guard let event = lines[index].firstMatch(of: /"event":"(\w+)"/) else { return false }
      return seen.insert(event.output.1).inserted
    }
  }

  private func tell(_ text: String) {
    guard let entries = try? TraceFile.entries(in: text) else { return }
    #expect(NarrativeRenderer(width: 120).render(Narrative(entries)).isEmpty == entries.isEmpty)
  }

  @Test(arguments: ["-1", "0", "9223372036854775807", "-9223372036854775808", "1e300", "null", "\"\"", "[]"])
  func `numbers of any size are refused or told`(_ replacement: String) throws {
    let text = try #require(Self.text)
    let lines = text.split(separator: "\n").map(String.init)
    let number = /:(-?[0-9]+)([,}])/
    for index in Self.samples(lines) {
      let line = lines[index]
      var damaged = lines
      damaged[index] = line.replacing(number) { ":\(replacement)\($0.output.2)" }
      tell(damaged.joined(separator: "\n"))
    }
  }

  @Test func `hexadecimal cut short, or of other bytes, is refused or told`() throws {
    let text = try #require(Self.text)
    let lines = text.split(separator: "\n").map(String.init)
    let bytes = /"(bytes|nonce|additionalData|digest|fingerprint|transcriptHash|verifyData)":"([0-9a-f]*)"/
    for index in Self.samples(lines) {
      let line = lines[index]
      for change in [
        { (hex: Substring) in "" }, { String($0.dropLast(2)) }, { _ in "zz" }, { String($0.dropFirst()) },
        { String(repeating: "ff", count: $0.count / 2) }, { String($0 + $0) },
      ] {
        var damaged = lines
        damaged[index] = line.replacing(bytes) { "\"\($0.output.1)\":\"\(change($0.output.2))\"" }
        tell(damaged.joined(separator: "\n"))
      }
    }
  }

  @Test func `entries may be missing, doubled or in another order`() throws {
    let entries = Fixture.complete().entries
    for index in entries.indices {
      var missing = entries
      missing.remove(at: index)
      #expect(!Narrative(missing).steps.isEmpty)
      #expect(Narrative(entries + [entries[index]]).steps.count >= 21)
    }
    #expect(!Narrative(entries.reversed()).steps.isEmpty)
  }
}
