import Handfast
import HandfastNIO
import HandfastTrust
import TestTurns
import Testing

@Suite(.inTurn) struct QuestionTests {
  @Test func `a trust that does not judge inline is asked while the handshake waits`() async throws {
    var parties = try Parties()
    var trust = try parties.pki.trust
    trust.judgesInline = false
    let identities = parties.client.identities
    parties.client = ClientConfiguration(trust: trust)
    parties.client.limits.handshakeSeconds = patience
    parties.client.identities = identities
    parties.server = ServerConfiguration(
      identities: parties.server.identities, clientAuthentication: .required(trust))
    parties.server.limits.handshakeSeconds = patience
    let (client, server, listener) = try await parties.pair()
    #expect(client.peer != nil && server.peer != nil)
    await listener.close()
  }

  @Test func `a delegate's refusal ends the handshake`() async throws {
    struct Refusing: ConnectionDelegate {}
    var parties = try Parties()
    var trust = try parties.pki.trust
    trust.judgesInline = false
    parties.client = ClientConfiguration(trust: trust)
    parties.client.limits.handshakeSeconds = patience
    let listener = try await parties.listen()
    let error = await #expect(throws: TLSFailure.self) {
      try await parties.connect(to: listener, delegate: Refusing())
    }
    #expect(error?.alertSent == .accessDenied)
    await listener.close()
  }

  @Test func `a delegate that takes too long is cancelled when time is up`() async throws {
    struct Slow: ConnectionDelegate {
      func verdict(on request: PeerVerification) async -> Verdict {
        try? await Task.sleep(for: .seconds(3600))
        return await refusal(on: request)
      }
      private func refusal(on request: PeerVerification) async -> Verdict { await Refusing().verdict(on: request) }
      private struct Refusing: ConnectionDelegate {}
    }
    var parties = try Parties()
    var trust = try parties.pki.trust
    trust.judgesInline = false
    parties.client = ClientConfiguration(trust: trust)
    parties.client.limits.handshakeSeconds = 1
    let failures = Mailbox<SecureListener.FailedHandshake>()
    let listener = try await parties.listen(onFailure: failures.put)
    let error = await #expect(throws: TLSFailure.self) { try await parties.connect(to: listener, delegate: Slow()) }
    #expect(error?.error == .handshakeTimedOut(seconds: 1))
    let theirs = tlsError(try #require(await failures.next()).error)
    #expect(theirs == .alertReceived(.closeNotify))
    await listener.close()
  }

  @Test func `a server's identity and a client's can come from a delegate`() async throws {
    struct Wardrobe: ConnectionDelegate {
      let identity: Identity
      func serverIdentity(for request: ServerIdentityRequest) async -> Identity? {
        request.serverName == "server.example" ? identity : nil
      }
      func clientIdentity(for request: ClientIdentityRequest) async -> Identity? { identity }
    }
    var parties = try Parties()
    parties.client.identities = .asked
    parties.server = ServerConfiguration(
      identities: .asked, clientAuthentication: .required(try parties.pki.trust))
    parties.server.limits.handshakeSeconds = patience
    let listener = try await parties.listen(
      delegate: Wardrobe(identity: try parties.pki.issue(.server("server.example"))))
    async let accepted = listener.first { _ in true }
    let client = try await parties.connect(
      to: listener, delegate: Wardrobe(identity: try parties.pki.issue(.client("bob"))))
    #expect(client.ownIdentity?.certificates.first?.subject == "CN=bob")
    #expect(try #require(await accepted).peer?.presented.first?.subject == "CN=bob")
    await listener.close()
  }

  @Test func `a key elsewhere signs through the delegate, and its failure ends the handshake`() async throws {
    struct Keeper: ConnectionDelegate {
      struct Locked: Error {}
      func signature(for request: SignatureRequest) async throws -> [UInt8] { throw Locked() }
    }
    var parties = try Parties()
    let chain = try parties.pki.issue(.client("carol")).chain
    parties.client.identities = .these([try Identity(certificateChainDER: chain)])
    let failures = Mailbox<SecureListener.FailedHandshake>()
    let listener = try await parties.listen(onFailure: failures.put)
    let error = await #expect(throws: TLSFailure.self) { try await parties.connect(to: listener, delegate: Keeper()) }
    guard case .signingFailed? = error?.error else {
      Issue.record("\(String(describing: error))")
      return
    }
    let theirs = tlsError(try #require(await failures.next()).error)
    #expect(theirs == .alertReceived(.internalError))
    await listener.close()
  }
}
