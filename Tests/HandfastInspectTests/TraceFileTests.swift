import Foundation
import Handfast
import HandfastCore
import HandfastInspect
import Testing

struct TraceFileTests {
  @Test func `the first line names the format and its version`() throws {
    let text = try TraceFile.text(Fixture.complete().entries)
    let first = try #require(text.split(separator: "\n").first)
    let header = try #require(try JSONSerialization.jsonObject(with: Data(first.utf8)) as? [String: Any])
    #expect(header["format"] as? String == "handfast-trace")
    #expect(header["version"] as? Int == 2)
  }

  @Test func `every line is one JSON object with the keys that are promised`() throws {
    let entries = Fixture.complete().entries
    let lines = try TraceFile.text(entries).split(separator: "\n")
    #expect(lines.count == entries.count + 1)
    for line in lines.dropFirst() {
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      for key in ["connection", "event", "order", "side", "time"] { #expect(object[key] != nil, "\(line)") }
    }
  }

  @Test(arguments: Story.allCases)
  func `what is written is read back the same`(_ story: Story) throws {
    let text = try TraceFile.text(story.entries)
    #expect(try TraceFile.entries(in: text) == story.entries)
  }

  @Test func `bytes are lower-case hexadecimal`() throws {
    let text = try TraceFile.text(Fixture.complete().entries)
    #expect(text.contains(#""bytes":"0100008203030001020304"#))
  }

  static let errors: [TLSError] = [
    .unknownContentType(ContentType(rawValue: 99)), .recordVersion(.tls10), .notTLS(looksLike: "an HTTP request"),
    .recordTooLong(length: 20_000, limit: 16_384), .badRecordMAC(sequenceNumber: 7), .malformedChangeCipherSpec,
    .unexpectedMessage(got: .finished, wanted: [.certificate, .serverKeyExchange]),
    .malformed(.clientHello, .trailingBytes(field: "extensions", count: 3)),
    .malformedExtension(.serverName, in: .clientHello, .badValue(field: "name_type", value: 7)),
    .malformed(.serverHello, .duplicateExtension(.serverName)), .noCommonCipherSuite(offered: .recommended),
    .noCommonApplicationProtocol(offered: ["h2", "http/1.1"]), .unofferedCipherSuite(CipherSuite(rawValue: 0x1234)),
    .noCommonCertificateType(of: .client, offered: [.rawPublicKey, .x509]),
    .unofferedCertificateType(of: .server, CertificateType(rawValue: 5)),
    .wrongMaxFragmentLength(asked: nil, got: .bytes512), .certificateMissing(.client),
    .certificateRejected(
      CertificateRejection(reason: .wrongName, position: 0, subject: nil, detail: "no name matches")),
    .keyDoesNotFitSuite(key: .rsa(bits: 2048), suite: .ecdheECDSAWithAES128GCMSHA256),
    .badSignature(in: .certificateVerify, .ed25519), .badFinished(expectedCount: 12, gotCount: 11),
    .alertReceived(.unknownCA), .truncated, .handshakeTimedOut(seconds: 30), .cryptoFailed("no entropy"),
  ]

  @Test(arguments: errors)
  func `an error survives the file`(_ error: TLSError) throws {
    let fact = FailureFact(step: .awaitingFinished, error: error, alert: .internalError)
    let entries = [
      TraceEntry(side: .server, connection: 3, time: 1_795_475_234_987_654_321, order: 0, event: .failed(fact))
    ]
    #expect(try TraceFile.entries(in: try TraceFile.text(entries)) == entries)
  }

  @Test(arguments: [
    "", "{}", "[1]", "hello", #"{"format":"handfast-trace"}"#, #"{"format":"handfast-trace","version":3}"#,
    #"{"format":"other","version":1}"#,
  ])
  func `a file that is no trace of this version is refused`(_ text: String) {
    #expect(throws: TraceFormatError.self) { try TraceFile.entries(in: text) }
  }

  @Test(arguments: [
    #"{"event":"sent"}"#,
    #"{"connection":1,"event":"nonsense","order":0,"side":"client","time":"2026-11-23T23:07:14.000000000Z"}"#,
    #"{"connection":1,"event":"sentChangeCipherSpec","order":0,"side":"client","time":"yesterday"}"#,
    #"{"connection":1,"event":"sentAlert","alert":{"level":"fatal","description":"unknown (0x12345)"},"order":0,"side":"client","time":"2026-11-23T23:07:14.000000000Z"}"#,
  ])
  func `a line that is no entry is refused with its number`(_ line: String) throws {
    let error = #expect(throws: TraceFormatError.self) { try TraceFile.entries(in: TraceFile.header + "\n" + line) }
    guard case .inLine(2, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
