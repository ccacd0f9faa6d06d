import HandfastCore
import HandfastTestKit
import HandfastWire
import TestTurns
import Testing

@Suite("The table of states and messages of TLS 1.2", .inTurn) struct StateTableTests {
  @Test("has a row for every state that each role can be in")
  func completeness() throws {
    let rows = try #require(StateTable.rows)
    let shared: Set<HandshakeStep> = [.awaitingChangeCipherSpec, .awaitingFinished, .established, .closed, .failed]
    let servers: Set<HandshakeStep> = [
      .awaitingClientHello, .awaitingServerIdentity, .awaitingServerSignature, .awaitingClientCertificate,
      .awaitingClientVerdict, .awaitingClientKeyExchange, .awaitingCertificateVerify,
    ]
    #expect(Set(rows.filter { $0.side == .server }.map(\.step)) == servers.union(shared))
    let clients: Set<HandshakeStep> = [
      .awaitingServerHello, .awaitingServerCertificate, .awaitingCertificateStatus, .awaitingServerVerdict,
      .awaitingServerKeyExchange,
      .awaitingCertificateRequestOrServerHelloDone, .awaitingServerHelloDone, .awaitingClientIdentity,
      .awaitingClientSignature,
    ]
    #expect(Set(rows.filter { $0.side == .client }.map(\.step)) == clients.union(shared))
  }

  @Test("is what a real connection in that state does", arguments: StateTable.rows ?? [])
  func row(row: StateTable.Row) throws {
    for (arrival, expected) in zip(Arrival.allCases, row.cells) {
      let sender: any Sender12 =
        row.side == .server ? try ServerUnderTest(in: row.step) : try ClientUnderTest(in: row.step)
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

  @Test("nothing is sent after the alert of a failure, and nothing is taken", arguments: StateTable.rows ?? [])
  func silence(row: StateTable.Row) throws {
    for (arrival, expected) in zip(Arrival.allCases, row.cells) where expected == "um" {
      let sender: any Sender12 =
        row.side == .server ? try ServerUnderTest(in: row.step) : try ClientUnderTest(in: row.step)
      let endpoint = sender.endpoint
      try sender.send(arrival)
      endpoint.feed(sender.peer.takeOutgoing())
      let (sent, received) = (endpoint.outcome.sent, endpoint.outcome.received)
      sender.peer.receive(endpoint.takeOwed())
      #expect(sender.peer.nextAlert() == Alert(level: .fatal, description: .unexpectedMessage))
      #expect(sender.peer.rest().isEmpty)
      #expect(endpoint.seal([1]) == nil)
      #expect(endpoint.outcome.sent == sent)
      #expect(endpoint.outcome.received == received)
      #expect(endpoint.outcome.owedByteCount == 0)
    }
  }
}
