import Handfast
import HandfastCore
import TestTurns
import Testing

@testable import HandfastInspect

@Suite(.inTurn) struct RenderingTests {
  @Test(arguments: [40, 60, 80, 109, 110, 120, 160, 200])
  func `no line is wider than the terminal`(_ width: Int) {
    for fixture in [Fixture.complete(), Fixture.expired()] {
      let text = NarrativeRenderer(width: width, showsBytes: true).render(Narrative(fixture.entries))
      for line in text.split(separator: "\n") where displayWidth(line) > width {
        Issue.record("\(displayWidth(line)) columns: \(line)")
      }
    }
  }

  @Test(arguments: [80, 120, 160])
  func `a suite's name is never cut`(_ width: Int) {
    let text = NarrativeRenderer(width: width).render(Narrative(Fixture.complete().entries))
    let pieces = text.split { $0 == " " || $0 == "\n" }.filter { $0.hasPrefix("TLS_") }
    #expect(!pieces.isEmpty)
    for piece in pieces { #expect(piece.contains("_SHA"), "\(piece)") }
  }

  @Test func `two columns begin at 110 and not before`() {
    let narrative = Narrative(Fixture.complete().entries)
    #expect(NarrativeRenderer(width: 110).render(narrative).contains("━━━━▶ SERVER"))
    #expect(!NarrativeRenderer(width: 109).render(narrative).contains("━━━━▶ SERVER"))
    #expect(NarrativeRenderer(width: 109).render(narrative).contains("client ──▶ server"))
  }

  @Test func `without colour there is no escape sequence`() {
    let narrative = Narrative(Fixture.complete().entries)
    for width in [80, 120] {
      #expect(!NarrativeRenderer(width: width).render(narrative).contains("\u{1b}"))
      #expect(NarrativeRenderer(width: width, usesColour: true).render(narrative).contains("\u{1b}[1;36m"))
    }
  }

  @Test func `colour changes nothing but the colour`() {
    let narrative = Narrative(Fixture.expired().entries)
    let plain = NarrativeRenderer(width: 120).render(narrative)
    let coloured = NarrativeRenderer(width: 120, usesColour: true).render(narrative)
    let pattern = /\u{1b}\[[0-9;]*m/
    #expect(
      coloured.replacing(pattern, with: "").split(separator: "\n").map(trimmed)
        == plain.split(separator: "\n").map(trimmed))
  }

  private func trimmed(_ line: Substring) -> Substring {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
  }

  @Test func `what a peer wrote cannot steer the terminal`() {
    var fixture = Fixture()
    fixture.hellos()
    let evil = Fixture.leaf.changing { $0.summary.subject = "CN=\u{1b}[32m✓ trusted\u{202e}\r\n" }
    fixture.add(
      .client,
      .peerJudged(
        JudgementFact(peer: .server, reference: nil, presented: [evil], path: [evil], checks: [], rejection: nil)))
    let text = NarrativeRenderer(width: 120).render(Narrative(fixture.entries))
    #expect(!text.contains("\u{1b}"))
    #expect(!text.contains("\u{202e}"))
    #expect(text.contains(#"CN=\u{1b}[32m"#))
  }

  @Test func `words are kept whole, long hexadecimal is cut between bytes`() {
    #expect(TextWrapping.wrap("one two three four", width: 9) == ["one two", "three", "four"])
    #expect(TextWrapping.wrap("00112233445566778899", width: 9) == ["00112233", "44556677", "8899"])
    #expect(TextWrapping.wrap("TLS_ECDHE_ECDSA", width: 11) == ["TLS_ECDHE_", "ECDSA"])
    #expect(TextWrapping.wrap("", width: 10) == [""])
    #expect(TextWrapping.wrap("日本語日本語", width: 6) == ["日本語", "日本語"])
  }

  @Test func `a dump shows offsets, bytes and what can be read`() {
    let bytes = Array("GET / HTTP/1.1\r\n\r\n".utf8)
    #expect(
      HexDump.lines(bytes, width: 80) == [
        "0000  47 45 54 20 2f 20 48 54  54 50 2f 31 2e 31 0d 0a  |GET / HTTP/1.1..|",
        "0010  0d 0a                                             |..|",
      ])
    #expect(HexDump.lines(bytes, width: 60).count == 3)
    #expect(HexDump.lines([], width: 80).isEmpty)
  }
}
