import Handfast
import HandfastNIO
import NIOCore
import TestTurns
import Testing

@Suite(.inTurn) struct ListenerTests {
  @Test func `a client that says nothing is told that its time is up`() async throws {
    var parties = try Parties()
    parties.server.limits.handshakeSeconds = 1
    let failures = Mailbox<SecureListener.FailedHandshake>()
    let listener = try await parties.listen(onFailure: failures.put)
    let alert = try await PlainClient(to: listener).exchange()
    // In the clear: a warning of user_canceled (90), and the close_notify (0) that RFC 5246 §7.2.2 wants after it.
    #expect(alert == [21, 3, 3, 0, 2, 1, 90] + [21, 3, 3, 0, 2, 1, 0])
    let failure = try #require(await failures.next())
    #expect(tlsError(failure.error) == .handshakeTimedOut(seconds: 1))
    await listener.close()
  }

  @Test func `garbage gets an alert and hurts nobody else`() async throws {
    let parties = try Parties()
    let failures = Mailbox<SecureListener.FailedHandshake>()
    let listener = try await parties.listen(onFailure: failures.put)
    let serving = echoing(listener)
    for garbage in [Array("GET / HTTP/1.0\r\n\r\n".utf8), [UInt8](repeating: 0xff, count: 100_000)] {
      let alert = try await PlainClient(to: listener).exchange(garbage)
      #expect(alert.first == 21 && alert.count == 7)
      let failure = try #require(await failures.next())
      #expect(failure.error is TLSFailure)
    }
    let client = try await parties.connect(to: listener)
    try await client.write([1])
    #expect(try await client.read(exactly: 1) == [1])
    try await client.close(within: patience)
    await listener.close()
    await serving.value
  }

  @Test func `a client that hangs up in the middle is reported as truncated`() async throws {
    let failures = Mailbox<SecureListener.FailedHandshake>()
    let listener = try await Parties().listen(onFailure: failures.put)
    try await PlainClient(to: listener).close()
    #expect(tlsError(try #require(await failures.next()).error) == .truncated)
    await listener.close()
  }

  @Test func `many clients are served at once`() async throws {
    let parties = try Parties()
    let listener = try await parties.listen()
    let serving = echoing(listener)
    let echoes = try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<40 {
        group.addTask {
          let client = try await parties.connect(to: listener)
          let data = [UInt8](repeating: UInt8(number), count: 20_000)
          try await client.write(data)
          let echo = try await client.read(exactly: data.count)
          try await client.close(within: patience)
          return echo == data
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(echoes == [Bool](repeating: true, count: 40))
    await listener.close()
    await serving.value
  }

  @Test func `when the house is full, clients wait until somebody leaves`() async throws {
    let parties = try Parties()
    let doings = Mailbox<String>()
    let listener = try await parties.listen(halfOpenLimit: 1, onFailure: { _ in doings.put("the silent one left") })
    let silent = try await PlainClient(to: listener)
    async let accepted = listener.first { _ in
      doings.put("the other one was let in")
      return true
    }
    async let client = parties.connect(to: listener)
    // Time enough to get in if the door were open. On a slow machine this proves less, and never fails for nothing.
    try await Task.sleep(for: .milliseconds(300))
    try await silent.close()
    #expect(await doings.next() == "the silent one left")
    #expect(await doings.next() == "the other one was let in")
    #expect(try await client.negotiated == accepted?.negotiated)
    await listener.close()
  }

  @Test func `a client without a certificate learns that it was refused`() async throws {
    var parties = try Parties()
    parties.client.versions = [.tls12]
    parties.client.identities = .these([])
    let failures = Mailbox<SecureListener.FailedHandshake>()
    let listener = try await parties.listen(onFailure: failures.put)
    let error = await #expect(throws: TLSFailure.self) { try await parties.connect(to: listener) }
    #expect(error?.error == .alertReceived(.handshakeFailure))
    #expect(tlsError(try #require(await failures.next()).error) == .certificateMissing(.client))
    await listener.close()
  }

  @Test func `a client that trusts nobody here says so to the server`() async throws {
    var parties = try Parties()
    parties.client = ClientConfiguration(trust: try Parties().pki.trust)
    parties.client.limits.handshakeSeconds = patience
    let failures = Mailbox<SecureListener.FailedHandshake>()
    let listener = try await parties.listen(onFailure: failures.put)
    let error = await #expect(throws: TLSFailure.self) { try await parties.connect(to: listener) }
    guard case .certificateRejected? = error?.error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(tlsError(try #require(await failures.next()).error) == .alertReceived(.unknownCA))
    await listener.close()
  }

  @Test func `closing the listener ends the sequence and the handshakes under way`() async throws {
    let failures = Mailbox<SecureListener.FailedHandshake>()
    let listener = try await Parties().listen(onFailure: failures.put)
    let silent = try await PlainClient(to: listener)
    async let silence = silent.exchange([22])
    async let served: [SecureConnection] = listener.reduce(into: []) { $0.append($1) }
    // The half header is there before the listener closes, or the client would not have been accepted.
    try await Task.sleep(for: .milliseconds(200))
    await listener.close()
    #expect(await served.isEmpty)
    #expect(try #require(await failures.next()).error is CancellationError)
    _ = try? await silence
  }
}
