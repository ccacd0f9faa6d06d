import Handfast
import HandfastCore
import HandfastTestKit
import HandfastTrust
import Synchronization
import Testing

/// Lists that change while a server runs.
private final class ChangingLists: RevocationListSource {
  private let lists: Mutex<RevocationLists>
  init(_ lists: RevocationLists) { self.lists = Mutex(lists) }
  var revocationLists: RevocationLists { lists.withLock { $0 } }
  func replace(by der: [UInt8]) throws {
    let new = try RevocationLists([der])
    lists.withLock { $0 = new }
  }
}

@Suite("A revocation that arrives between two handshakes") struct RevokedSessionTests {
  private func revoked(_ meeting: inout Meeting) throws -> ChangingLists {
    let lists = ChangingLists(try RevocationLists([meeting.pki.revocationList()]))
    var trust = try Trust(roots: [meeting.pki.rootDER])
    trust.revocation = Revocation(lists: lists, whenUnknown: .accept, whenStale: .warn)
    meeting.replaceServer(.required(trust))
    return lists
  }

  private func clientCertificate(_ meeting: Meeting) throws -> [UInt8] {
    guard case .these(let identities) = meeting.setup.client.identities else { return [] }
    return try #require(identities.first?.chain.first)
  }

  @Test(arguments: Way.allCases) func `ends the client's sessions, and refuses its certificate`(way: Way) throws {
    var meeting = try Meeting(way)
    let lists = try revoked(&meeting)
    // One server all the time: the lists change beneath it.
    let server = try meeting.setup.makeServer()
    func meet() throws -> Encounter {
      let pair = InMemoryPair(client: try meeting.setup.clientConnection(), server: server.accept(tracing: true))
      pair.run()
      return Encounter(pair)
    }
    #expect(try meet().isFull)
    #expect(try meet().isResumed)
    try lists.replace(by: meeting.pki.revocationList(revoking: [clientCertificate(meeting)]))
    let third = try meet()
    #expect(third.server.refusals == [.otherScope])
    guard case .certificateRejected(let rejection) = third.server.error else {
      Issue.record("\(String(describing: third.server.error))")
      return
    }
    #expect(rejection.reason == .revoked)
    #expect(third.server.alertsSent == [.certificateRevoked])
  }

  @Test func `during a handshake leaves no session behind that outlives it`() throws {
    var meeting = try Meeting(.preSharedKey)
    let lists = try revoked(&meeting)
    let server = try meeting.setup.makeServer()
    let pair = InMemoryPair(client: try meeting.setup.clientConnection(), server: server.accept(tracing: true))
    let certificate = try clientCertificate(meeting)
    let list = try meeting.pki.revocationList(revoking: [certificate])
    // After the server's ClientHello and before its tickets.
    pair.tamper = { flight in if flight.sender == .client { try? lists.replace(by: list) } }
    pair.run()
    let second = InMemoryPair(client: try meeting.setup.clientConnection(), server: server.accept(tracing: true))
    second.run()
    #expect(!Encounter(second).isResumed)
  }
}
