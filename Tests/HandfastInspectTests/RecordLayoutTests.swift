import Handfast
import HandfastCore
import HandfastWire
import Testing

@testable import HandfastInspect

struct RecordLayoutTests {
  /// One side's view of two messages of 100 and 60 bytes, in records of the given lengths.
  private func story(_ lengths: [Int]) -> Narrative {
    var events = lengths.map {
      TLSEvent.receivedRecord(PlainRecordFact(type: .handshake, version: .tls10, length: $0))
    }
    for (ordinal, (type, count)) in [(HandshakeType.serverHello, 100), (.serverHelloDone, 60)].enumerated() {
      let bytes = [type.rawValue, 0, 0, UInt8(count - 4)] + [UInt8](repeating: 0, count: count - 4)
      events.append(.received(MessageFact(type: type, bytes: bytes, ordinal: ordinal, digest: [])))
    }
    return Narrative(
      events.enumerated().map { TraceEntry(side: .client, time: 0, order: $0.offset, event: $0.element) })
  }

  private func records(_ narrative: Narrative) -> [String?] {
    narrative.steps.map { $0.client?.lines.first { $0.label == "record" }?.text }
  }

  @Test func `messages that share a record are told together`() {
    #expect(
      records(story([160])) == [
        "handshake, 0x0301, 160 bytes (with ServerHelloDone)", "handshake, 0x0301, 160 bytes (with ServerHello)",
      ])
  }

  @Test func `a message alone in its record has no company`() {
    #expect(records(story([100, 60])) == ["handshake, 0x0301, 100 bytes", "handshake, 0x0301, 60 bytes"])
  }

  @Test func `a message in several records tells each length`() {
    #expect(
      records(story([50, 70, 40])) == [
        "2 records, handshake, 0x0301: 50, 70 bytes (with ServerHelloDone)",
        "2 records, handshake, 0x0301: 70, 40 bytes (with ServerHello)",
      ])
  }

  @Test func `a trace without records tells none`() { #expect(records(story([])) == [nil, nil]) }

  @Test(arguments: [Int.max, .min, -1]) func `an absurd length is told without a trap`(length: Int) {
    #expect(story([length, length, 3]).steps.count == 2)
  }

  @Test(arguments: Side.allCases)
  func `the end tells what the handshake cost each way`(side: Side) throws {
    let steps = Narrative(Fixture.complete().entries).steps
    let step = try #require(steps.first { $0.title == "The handshake is complete" })
    let line = try #require(step[side]?.lines.first { $0.label == "handshake" })
    var (sent, count) = (0, 0)
    for entry in Fixture.complete().entries {
      if case .sentRecord(let fact) = entry.event, entry.side == side {
        sent += 5 + fact.length
        count += 1
      }
    }
    #expect(line.text.hasPrefix("sent \(sent) bytes in \(count) records, received "))
  }

  @Test func `an encrypted record's bytes can be dumped, whole or cut`() throws {
    func dumps(_ length: Int) -> [NarrativeStep.Bytes] {
      let fact = RecordFact(
        type: .applicationData, sequenceNumber: 1, nonce: [], additionalData: [], plaintextLength: 0,
        ciphertextLength: length, ciphertext: [1, 2, 3])
      let entry = TraceEntry(side: .server, time: 0, order: 0, event: .openedRecord(fact))
      return Narrative([entry]).steps.flatMap(\.bytes)
    }
    #expect(dumps(3).map(\.bytes) == [[1, 2, 3]])
    #expect(dumps(3).first?.label.hasSuffix("without header") == true)
    #expect(dumps(10).first?.label.hasSuffix("without its last 7 bytes") == true)
    #expect(dumps(.min).count == 1)
  }

  @Test func `no step is made of a record alone`() {
    let record = TLSEvent.receivedRecord(PlainRecordFact(type: .handshake, version: .tls12, length: 9))
    #expect(Narrative([TraceEntry(side: .server, time: 0, order: 0, event: record)]).steps.isEmpty)
  }
}
