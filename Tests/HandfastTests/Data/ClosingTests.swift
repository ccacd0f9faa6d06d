import Handfast
import HandfastTestKit
import Testing

@Suite("The end of a connection") struct ClosingTests {
  private func established() throws -> InMemoryPair {
    let pair = try Setup().pair()
    pair.run()
    return pair
  }

  @Test("close_notify from one side leaves the other free to go on sending")
  func halfClosed() throws {
    let pair = try established()
    pair.client.close()
    pair.run()
    var (client, server) = (pair.client.outcome, pair.server.outcome)
    #expect(server.peerHasClosed && !client.peerHasClosed)
    #expect(client.error == nil && server.error == nil)
    #expect(pair.send([1, 2, 3], from: .server))
    client = pair.client.outcome
    #expect(client.received == [1, 2, 3])
    pair.server.close()
    pair.run()
    pair.hangUp()
    (client, server) = (pair.client.outcome, pair.server.outcome)
    #expect(client.error == nil && server.error == nil)
    #expect(client.step == .closed && server.step == .closed)
  }

  @Test("nothing is sealed after close")
  func sealedAfterClose() throws {
    let pair = try established()
    pair.client.close()
    #expect(pair.client.seal([1]) == nil)
    let client = pair.client.outcome
    #expect(client.error == .alreadyEnded)
  }

  @Test("close is said once")
  func closedTwice() throws {
    let pair = try established()
    pair.client.close()
    let once = pair.client.outcome.owedByteCount
    pair.client.close()
    let twice = pair.client.outcome.owedByteCount
    #expect(once > 0)
    #expect(once == twice)
  }

  @Test("bytes after the peer's close_notify are ignored, whatever they are")
  func bytesAfterClose() throws {
    let pair = try established()
    pair.client.close()
    pair.run()
    pair.deliver([UInt8](repeating: 0xff, count: 50), from: .client)
    let server = pair.server.outcome
    #expect(server.error == nil)
    #expect(server.received.isEmpty)
    #expect(pair.server.inbox.isEmpty)
  }

  @Test("an end without close_notify is a truncation, told apart from a proper end")
  func truncation() throws {
    let pair = try established()
    pair.send([1, 2, 3], from: .client)
    pair.hangUp()
    let (client, server) = (pair.client.outcome, pair.server.outcome)
    #expect(client.error == .truncated)
    #expect(server.error == .truncated)
    #expect(server.alertSent == nil)
    #expect(server.events.contains(.peerClosed(isTruncated: true)))
    #expect(server.owedByteCount == 0)
  }

  @Test("an end in the middle of a record is a truncation")
  func endWithinRecord() throws {
    let pair = try established()
    let record = try #require(pair.client.seal([1, 2, 3]))
    pair.deliver(Array(record.dropLast()), from: .client)
    pair.server.endInput()
    let server = pair.server.outcome
    #expect(server.error == .truncated)
    #expect(server.received.isEmpty)
  }

  @Test("an end in the middle of the handshake is a truncation")
  func endWithinHandshake() throws {
    let pair = try Setup().pair()
    pair.step(from: .client)
    pair.hangUp()
    let (client, server) = (pair.client.outcome, pair.server.outcome)
    #expect(client.error == .truncated)
    #expect(server.error == .truncated)
  }

  @Test("a connection closed before its handshake is complete says user_canceled and close_notify, and nothing more")
  func closedEarly() throws {
    let pair = try Setup().pair()
    pair.step(from: .client)
    pair.client.close()
    // The server's flight is on its way already.
    pair.step(from: .server)
    pair.run()
    let (client, server) = (pair.client.outcome, pair.server.outcome)
    #expect(client.sent == [.clientHello])
    #expect(client.alertsSent == [.userCanceled, .closeNotify])
    #expect(!client.isComplete && !server.isComplete)
    #expect(server.error == .alertReceived(.closeNotify))
  }

  @Test("after a failure every call says that the connection has ended")
  func callsAfterFailure() throws {
    let pair = try established()
    pair.hangUp()
    func error(_ body: (Endpoint) throws(TLSFailure) -> Void) -> TLSError? {
      do throws(TLSFailure) { try body(pair.client) } catch { return error.error }
      return nil
    }
    #expect(error { client throws(TLSFailure) in _ = try client.feedRegardless([1]) } == .alreadyEnded)
    #expect(error { client throws(TLSFailure) in try client.connection.receiveEndOfInput() } == .alreadyEnded)
    #expect(error { client throws(TLSFailure) in _ = try client.connection.resume(with: nil) } == .alreadyEnded)
    #expect(pair.client.seal([1]) == nil)
    pair.client.close()
    let owed = pair.client.outcome.owedByteCount
    #expect(owed == 0)
  }

  @Test("a handshake that takes too long is ended by its driver, who has the clock")
  func timeOut() throws {
    let pair = try Setup().pair()
    pair.step(from: .client)
    let failure = pair.server.connection.timeOut(afterSeconds: 30)
    #expect(failure.error == .handshakeTimedOut(seconds: 30))
    pair.run()
    let client = pair.client.outcome
    #expect(client.error == .alertReceived(.closeNotify))
    #expect(client.alertsReceived == [.userCanceled, .closeNotify])
  }
}
