import Foundation
import Handfast
import HandfastCore
import HandfastNIO
import HandfastTrust
import TestTurns
import Testing

@testable import HandfastCommands

/// What `serve` and `connect` say of a failure.
@Suite(.inTurn) struct FailureTextTests {
  private func failure(
    _ error: TLSError, on side: Side, at step: HandshakeStep,
    _ fill: (inout HandshakeKnowledge) -> Void = { _ in }
  ) -> TLSFailure {
    var knowledge = HandshakeKnowledge()
    fill(&knowledge)
    return TLSFailure(side: side, step: step, error: error, alertSent: nil, knowledge: knowledge)
  }

  private func text(_ failure: TLSFailure) -> String { Failed(failure, remote: "a.example:443", number: 1).text }

  @Test func `the step is said for people, with what went before`() throws {
    let alice = try DevelopmentPKI().issue(.client("alice"))
    let refused = failure(.alertReceived(.unknownCA), on: .client, at: .awaitingChangeCipherSpec) {
      $0.lastSent = .finished
      $0.ownIdentity = alice
    }
    let text = text(refused)
    #expect(
      text.contains(
        "failed while waiting for the server's ChangeCipherSpec, after the client had sent its certificate and its Finished:"
      ))
    #expect(text.contains("certificate: the client's leaf certificate (CN=alice, SHA-256 "))
    #expect(!text.contains("awaiting") && !text.contains("number 0"))
  }

  @Test func `a judgement is made while judging`() {
    let rejection = CertificateRejection(
      reason: .unknownIssuer, position: 1, subject: "CN=I", detail: "Its issuer CN=R is not the trusted root.")
    let text = text(failure(.certificateRejected(rejection), on: .client, at: .awaitingServerCertificate))
    #expect(text.contains("failed while judging the server's certificate:"))
    #expect(text.contains("Pass the root with --ca FILE"))
    #expect(text.contains("certificate: the server's certificate 1 (the leaf is 0) (CN=I)"))
    #expect(text.contains("(certain; whose fault cannot be told from here)"))
    #expect(text.split(separator: "\n").count <= 6)
  }

  @Test(arguments: Side.allCases)
  func `remedies name this program's options`(side: Side) {
    let missing = failure(.extendedMasterSecretMissing, on: side, at: .awaitingClientHello)
    #expect(text(missing).contains("--extended-master-secret preferred"))
    #expect(!text(missing).contains(".preferred"))
    let late = failure(.handshakeTimedOut(seconds: 30), on: side, at: .awaitingFinished)
    #expect(text(late).contains("raise --handshake-seconds"))
    let rejection = CertificateRejection(reason: .selfSigned, position: 0, subject: nil, detail: "It is self-signed.")
    let option = side == .client ? "--ca FILE" : "--client-ca FILE"
    #expect(text(failure(.certificateRejected(rejection), on: side, at: .awaitingFinished)).contains(option))
  }

  @Test func `a client that has none to send learns how to give one`() {
    let missing = failure(.alertReceived(.handshakeFailure), on: .client, at: .awaitingChangeCipherSpec) {
      $0.certificateRequest = ClientIdentityRequest(
        certificateTypes: [.ecdsaSign], signatureSchemes: [], authorities: [])
      $0.lastSent = .finished
    }
    #expect(text(missing).contains("--cert FILE --key FILE"))
    #expect(!text(missing).contains("its certificate and"))
  }

  @Test(arguments: [true, false])
  func `a cut after this side's goodbye is a note`(saysGoodbye: Bool) throws {
    let trace = try TraceWriter(.off, path: nil).begin(with: "a.example:443")
    if saysGoodbye { trace.tracing(.client, .sentAlert(AlertFact(level: .warning, description: .closeNotify))) }
    let cut = failure(.truncated, on: .client, at: .established)
    trace.tracing(.client, .failed(FailureFact(step: .established, error: .truncated, alert: nil)))
    // What is said after the failure is no goodbye of its own.
    trace.tracing(.client, .sentAlert(AlertFact(level: .warning, description: .closeNotify)))
    let report = ConnectionReport(format: .json, side: .client)
    #expect(report.notes(cut, remote: "a.example:443", after: trace) == saysGoodbye)
    #expect(
      !report.notes(failure(.badRecordMAC(sequenceNumber: 1), on: .client, at: .established), remote: "a", after: trace)
    )
    #expect(!report.notes(cut, remote: "a", after: nil))
    func network(_ reason: NetworkError.Reason) -> NetworkError { NetworkError(host: "a", port: 1, reason: reason) }
    #expect(report.notes(network(.reset), remote: "a", after: trace) == saysGoodbye)
    #expect(!report.notes(network(.timedOut), remote: "a", after: trace))
  }

  @Test func `the JSON keeps the step's name`() throws {
    let failed = Failed(failure(.truncated, on: .client, at: .awaitingServerHello), remote: "a:1", number: 1)
    let line = try #require(failed.line)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    #expect(object["step"] as? String == "awaitingServerHello" && object["event"] as? String == "failed")
    #expect(object["place"] == nil)
  }
}
