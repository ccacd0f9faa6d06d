import Handfast
import HandfastCore
import HandfastTestKit
import HandfastWire
import Testing

@Suite("Records that are refused") struct RecordRefusalTests {
  private func afterHello(_ change: (inout Setup) -> Void = { _ in }) throws -> ServerTrial {
    var setup = try Setup()
    change(&setup)
    let session = try ServerTrial(setup)
    #expect(session.sendHello())
    return session
  }

  private func established(_ change: (inout Setup) -> Void = { _ in }) throws -> ServerTrial {
    var setup = try Setup()
    change(&setup)
    let session = try ServerTrial(setup)
    #expect(try session.handshake())
    return session
  }

  private func expect(_ session: ServerTrial, _ error: TLSError, _ alert: AlertDescription) {
    session.exchange()
    #expect(session.error == error)
    #expect(session.alert() == alert)
  }

  @Test(
    "bytes that are no TLS are told for what they look like, and answered with an alert",
    arguments: [
      ("GET / HTTP/1.1\r\n\r\n", "an HTTP request"), ("POST /x HTTP/1.1\r\n", "an HTTP request"),
      ("PRI * HTTP/2.0\r\n", "an HTTP request"), ("SSH-2.0-x\r\n", "SSH"), ("EHLO a.example\r\n", "an SMTP command"),
      ("PROXY TCP4 10.0.0.1 10.0.0.2 4000 443\r\n", "a PROXY header"),
      ("\r\n\r\n\u{0}\r\nQUIT\n\u{21}\u{11}", "a PROXY header"),
      ("hello", "no known protocol"), ("\u{0}\u{0}\u{0}\u{0}\u{0}", "no known protocol"),
    ])
  func otherProtocols(text: String, name: String) throws {
    let endpoint = Endpoint(try Setup().serverConnection())
    endpoint.feed(Array(text.utf8))
    #expect(endpoint.error == .notTLS(looksLike: name))
    #expect(endpoint.failure?.alertSent == .unexpectedMessage)
    #expect(endpoint.takeOwed() == [21, 3, 3, 0, 2, 2, 10])
  }

  @Test("a server's greeting in clear is told to the client")
  func otherServers() throws {
    for (text, name) in [
      ("HTTP/1.1 400 Bad Request\r\n", "an HTTP response"),
      ("220 mail.example ESMTP\r\n", "a mail or file server's greeting"),
      ("J\u{0}\u{0}\u{0}\n8.0.36\u{0}", "a MySQL server's greeting"),
    ] {
      let endpoint = Endpoint(try Setup().clientConnection())
      _ = endpoint.takeOwed()
      endpoint.feed(Array(text.utf8))
      #expect(endpoint.error == .notTLS(looksLike: name))
    }
  }

  @Test("an SSLv2 hello is refused with protocol_version", arguments: [[UInt8]([3, 1]), [3, 3], [0, 2]])
  func sslv2(version: [UInt8]) throws {
    let endpoint = Endpoint(try Setup().serverConnection())
    endpoint.feed([0x80, 0x2e, 1] + version + [UInt8](repeating: 0, count: 43))
    #expect(endpoint.error == .notTLS(looksLike: TLSError.sslv2Hello))
    #expect(endpoint.failure?.alertSent == .protocolVersion)
  }

  @Test("a type that nobody knows is refused", arguments: [UInt8(0), 19, 24, 255])
  func unknownType(type: UInt8) throws {
    let session = try afterHello()
    session.client.peer.sendRaw([type, 3, 3, 0, 1, 0])
    expect(session, .unknownContentType(ContentType(rawValue: type)), .unexpectedMessage)
  }

  @Test("once the version is settled, every record must carry it", arguments: [UInt16(0x0301), 0x0304, 0x0002, 0x7f03])
  func version(version: UInt16) throws {
    let session = try afterHello()
    session.client.peer.sendRaw(
      WireRecord(.handshake, [0], version: ProtocolVersion(rawValue: version)).bytes)
    expect(session, .recordVersion(ProtocolVersion(rawValue: version)), .protocolVersion)
  }

  @Test("the first record may carry any version 3.x", arguments: [UInt16(0x0300), 0x0301, 0x0303, 0x03ff])
  func firstVersion(version: UInt16) throws {
    let session = try ServerTrial(try Setup())
    session.client.peer.clientRandom = session.client.hello.random
    let message = try #require(session.client.hello.message())
    session.client.peer.transcript += message
    session.client.peer.sendRaw(
      WireRecord(.handshake, message, version: ProtocolVersion(rawValue: version)).bytes)
    session.exchange()
    #expect(session.client.readServerFlight())
  }

  @Test("a record in clear of more than 2^14 bytes is refused by its header")
  func tooLongInClear() throws {
    let session = try afterHello()
    session.client.peer.sendRaw([22, 3, 3, 0x40, 0x01])
    expect(session, .recordTooLong(length: 16_385, limit: 16_384), .recordOverflow)
  }

  @Test("a protected record of more than 2^14 + 2048 bytes is refused by its header")
  func tooLongProtected() throws {
    let session = try established()
    session.client.peer.sendRaw([23, 3, 3, 0x48, 0x01])
    expect(session, .recordTooLong(length: 18_433, limit: 18_432), .recordOverflow)
  }

  @Test("a protected record with more than 2^14 bytes of content is refused, one with 2^14 is taken")
  func contentTooLong() throws {
    let fitting = try established()
    fitting.client.peer.sendRecord(.applicationData, [UInt8](repeating: 1, count: 16_384))
    fitting.exchange()
    #expect(fitting.endpoint.received.count == 16_384)
    let session = try established()
    session.client.peer.sendRecord(.applicationData, [UInt8](repeating: 1, count: 16_385))
    expect(session, .recordTooLong(length: 16_385, limit: 16_384), .recordOverflow)
  }

  @Test("a record over the agreed max_fragment_length is refused")
  func overAgreedLength() throws {
    let session = try ServerTrial(try Setup())
    session.client.hello.extensions?.set(MaxFragmentLengthExtension(length: .bytes512))
    #expect(try session.handshake())
    session.client.peer.sendRecord(.applicationData, [UInt8](repeating: 1, count: 512))
    session.exchange()
    #expect(session.endpoint.received.count == 512)
    session.client.peer.sendRecord(.applicationData, [UInt8](repeating: 1, count: 513))
    expect(session, .recordTooLong(length: 513, limit: 512), .recordOverflow)
  }

  @Test("a protected record too short for nonce and tag is refused", arguments: [0, 1, 23])
  func tooShort(count: Int) throws {
    let session = try established()
    session.client.peer.sendRaw(WireRecord(.applicationData, [UInt8](repeating: 0, count: count)).bytes)
    expect(session, .recordTooShort(length: count), .badRecordMAC)
  }

  @Test("an empty handshake record is refused, in clear and protected")
  func emptyHandshake() throws {
    let clear = try afterHello()
    clear.client.peer.sendRecord(.handshake, [])
    expect(clear, .emptyHandshakeRecord, .unexpectedMessage)
    let protected = try established()
    protected.client.peer.sendRecord(.handshake, [])
    expect(protected, .emptyHandshakeRecord, .unexpectedMessage)
  }

  @Test("an alert of another length than two, or of no known level, is refused")
  func malformedAlerts() throws {
    for (bytes, error) in [
      ([], DecodeError.truncated(field: "level")), ([2], .truncated(field: "description")),
      ([2, 40, 0], .trailingBytes(field: "Alert", count: 1)), ([3, 40], .badValue(field: "level", value: 3)),
      ([0, 40], .badValue(field: "level", value: 0)),
    ] as [([UInt8], DecodeError)] {
      for session in [try afterHello(), try established()] {
        session.client.peer.sendRecord(.alert, bytes)
        let isBadValue = if case .badValue = error { true } else { false }
        expect(session, .malformedAlert(error), isBadValue ? .illegalParameter : .decodeError)
      }
    }
  }

  @Test("a ChangeCipherSpec of anything but one 1 is refused", arguments: [[], [0], [2], [1, 1]] as [[UInt8]])
  func malformedChangeCipherSpec(bytes: [UInt8]) throws {
    let session = try afterHello()
    try session.client.sendKeyExchange()
    session.client.peer.sendRecord(.changeCipherSpec, bytes)
    expect(session, .malformedChangeCipherSpec, .decodeError)
  }

  @Test("a ChangeCipherSpec within a message is refused: no message lies across a change of keys")
  func changeWithinMessage() throws {
    let session = try afterHello()
    try session.client.sendKeyExchange()
    session.client.peer.sendRecord(.handshake, [20, 0])
    session.client.peer.sendChangeCipherSpec()
    expect(session, .messageAcrossKeyChange, .unexpectedMessage)
  }

  @Test("application data before the end of the handshake is refused, in clear and under the keys")
  func earlyData() throws {
    let clear = try afterHello()
    clear.client.peer.sendRecord(.applicationData, [1])
    expect(clear, .unexpectedApplicationData, .unexpectedMessage)
    let protected = try afterHello()
    try protected.client.sendKeyExchange()
    protected.client.peer.sendChangeCipherSpec()
    protected.client.peer.sendRecord(.applicationData, [1])
    expect(protected, .unexpectedApplicationData, .unexpectedMessage)
    #expect(protected.endpoint.received.isEmpty)
  }

  @Test("application data within a handshake message is refused")
  func interleaved() throws {
    let session = try established()
    session.client.peer.sendRecord(.handshake, [1, 0, 0])
    session.client.peer.sendRecord(.applicationData, [1])
    expect(session, .interleavedRecord(.applicationData), .unexpectedMessage)
  }

  @Test(
    "a record in clear after the change of keys is refused",
    arguments: [ContentType.applicationData, .alert, .handshake])
  func clearAfterKeys(type: ContentType) throws {
    let session = try established()
    session.client.peer.writeKeys = nil
    session.client.peer.sendRecord(type, [2, 40] + [UInt8](repeating: 0, count: 40))
    expect(session, .badRecordMAC(sequenceNumber: 1), .badRecordMAC)
  }

  @Test("a fatal alert in clear cannot end an established connection unnoticed")
  func forgedAlert() throws {
    let session = try established()
    session.client.peer.sendRaw([21, 3, 3, 0, 2, 1, 0])
    expect(session, .recordTooShort(length: 2), .badRecordMAC)
    #expect(!session.endpoint.peerHasClosed)
  }
}
