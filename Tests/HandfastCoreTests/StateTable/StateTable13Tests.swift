import HandfastCore
import HandfastTestKit
import HandfastWire
import TestTurns
import Testing

@Suite("The table of states and messages of TLS 1.3", .inTurn) struct StateTable13Tests {
  @Test("has a row for every state that each role can be in, and with TLS 1.2's there is none without a row")
  func completeness() throws {
    let rows = try #require(StateTable13.rows)
    let shared: Set<HandshakeStep> = [.awaitingFinished, .awaitingCertificateVerify, .established, .closed, .failed]
    let servers: Set<HandshakeStep> = [
      .awaitingClientHello, .awaitingServerIdentity, .awaitingServerSignature, .awaitingSecondClientHello,
      .awaitingClientCertificate, .awaitingClientVerdict, .awaitingEndOfEarlyData,
    ]
    let clients: Set<HandshakeStep> = [
      .awaitingServerHello, .awaitingEncryptedExtensions, .awaitingCertificateOrCertificateRequest,
      .awaitingServerCertificate, .awaitingServerVerdict, .awaitingClientIdentity, .awaitingClientSignature,
      .awaitingConfirmation,
    ]
    #expect(Set(rows.filter { $0.side == .server }.map(\.step)) == servers.union(shared))
    #expect(Set(rows.filter { $0.side == .client }.map(\.step)) == clients.union(shared))
    let classic = try #require(StateTable.rows)
    #expect(Set(rows.map(\.step)).union(classic.map(\.step)) == Set(HandshakeStep.allCases))
  }

  @Test("is what a real connection in that state does", arguments: StateTable13.rows ?? [])
  func row(row: StateTable13.Row) throws {
    for (arrival, expected) in zip(Arrival13.allCases, row.cells) {
      let sender = try row.sender()
      let outcome = sender.endpoint.outcome
      if row.step == .failed {
        #expect(outcome.failure != nil)
      } else {
        #expect(outcome.failure == nil)
        #expect(outcome.step == row.step)
      }
      #expect(try sender.outcome(of: arrival) == expected, "\(arrival)")
    }
  }

  @Test("nothing is sent after the alert of a failure, and nothing is taken", arguments: StateTable13.rows ?? [])
  func silence(row: StateTable13.Row) throws {
    for (arrival, expected) in zip(Arrival13.allCases, row.cells) where expected == "um" {
      let sender = try row.sender()
      let endpoint = sender.endpoint
      try sender.send(arrival)
      endpoint.feed(sender.peer.takeOutgoing())
      let (sent, received) = (endpoint.outcome.sent, endpoint.outcome.received)
      sender.peer.receive(endpoint.takeOwed())
      #expect(sender.peer.nextAlert() == Alert(level: .fatal, description: .unexpectedMessage), "\(arrival)")
      #expect(sender.peer.rest().isEmpty)
      #expect(endpoint.seal([1]) == nil)
      #expect(endpoint.outcome.sent == sent)
      #expect(endpoint.outcome.received == received)
      #expect(endpoint.outcome.owedByteCount == 0)
    }
  }
}
