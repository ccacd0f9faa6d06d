import HandfastInspect
import TestTurns
import Testing

/// A trace file may come from anywhere. Whatever it says, it is refused or told.
@Suite(.inTurn) struct DamagedTraceTests {
  /// The header, and the first line of each kind of event and of each kind of message.
  private static let lines: [String] = {
    let text = (try? TraceFile.text(Fixture.complete().entries + Fixture.expired().entries)) ?? ""
    var seen: Set<String> = []
    return text.split(separator: "\n").map(String.init).filter { line in
      let event = line.firstMatch(of: /"event":"(\w+)"/)?.output.1 ?? ""
      let type = line.firstMatch(of: /"type":"(\w+)"/)?.output.1 ?? ""
      return seen.insert("\(event) \(type)").inserted
    }
  }()

  private func tell(_ text: String) {
    guard let entries = try? TraceFile.entries(in: text) else { return }
    #expect(NarrativeRenderer(width: 120).render(Narrative(entries)).isEmpty == entries.isEmpty)
  }

  @Test(arguments: ["-1", "0", "9223372036854775807", "-9223372036854775808", "1e300", "null", "\"\"", "[]"])
  func `numbers of any size are refused or told`(_ replacement: String) throws {
    let lines = Self.lines
    try #require(lines.count > 20)
    let number = /:(-?[0-9]+)([,}])/
    for index in lines.indices.dropFirst() {
      let line = lines[index]
      var damaged = lines
      damaged[index] = line.replacing(number) { ":\(replacement)\($0.output.2)" }
      tell(damaged.joined(separator: "\n"))
    }
  }

  @Test func `hexadecimal cut short, or of other bytes, is refused or told`() throws {
    let lines = Self.lines
    try #require(lines.count > 20)
    let bytes = /"(bytes|nonce|additionalData|digest|fingerprint|transcriptHash|verifyData)":"([0-9a-f]*)"/
    for index in lines.indices.dropFirst() {
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
