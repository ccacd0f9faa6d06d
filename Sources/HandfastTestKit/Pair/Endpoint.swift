package import Handfast

/// One side of a connection with the buffers that its owner would have, and everything that came out of it.
package final class Endpoint {
  package var connection: TLSConnection
  /// How questions are answered; what has no answer stays open until `resume`.
  package var answers: Answers
  /// Application data so far.
  package private(set) var received: [UInt8] = []
  /// Early data so far.
  package private(set) var receivedEarly: [UInt8] = []
  package private(set) var events: [TLSEvent] = []
  package private(set) var failure: TLSFailure?
  package private(set) var openQuestion: Need?
  /// The peer has said close_notify.
  package private(set) var peerHasClosed = false
  /// Bytes that were handed over and not consumed yet.
  package private(set) var inbox: [UInt8] = []

  package init(_ connection: consuming TLSConnection, answers: Answers = Answers()) {
    self.connection = connection
    self.answers = answers
  }

  package var side: Side { connection.side }
  package var isComplete: Bool { connection.isHandshakeComplete }
  package var error: TLSError? { failure?.error }
  package var warnings: [HandshakeWarning] { connection.warnings }

  /// Takes bytes from the peer, and goes on until more are needed or a question is open.
  package func feed(_ bytes: [UInt8]) {
    inbox += bytes
    guard failure == nil, openQuestion == nil else { return }
    attempt { () throws(TLSFailure) in try drain() }
  }

  /// Hands bytes over although a question is open or the connection has failed, as a careless owner would.
  package func feedRegardless(_ bytes: [UInt8]) throws(TLSFailure) -> Need {
    inbox += bytes
    return try receive()
  }

  package func resume(with verdict: Verdict) { answer(.verdict(verdict)) }
  package func resume(with signature: [UInt8]) { answer(.signature(signature)) }
  package func resume(with identity: Identity?) { answer(.identity(identity)) }

  /// Everything owed to the peer, written in pieces of at most `room` bytes.
  package func takeOwed(room: Int = 4096) -> [UInt8] {
    var owed: [UInt8] = []
    while connection.owedByteCount > 0 {
      let piece = [UInt8](capacity: room) { connection.writeOwed(into: &$0) }
      guard !piece.isEmpty else { break }
      owed += piece
    }
    collectEvents()
    return owed
  }

  /// Seals all of `data`; nil when the connection refuses, and `failure` then says why.
  package func seal(_ data: [UInt8], room: Int = 17_000) -> [UInt8]? {
    var records: [UInt8] = []
    var rest = data[...]
    attempt { () throws(TLSFailure) in
      repeat {
        let piece = Array(rest.prefix(1 << 15))
        var taken = 0
        var failure: TLSFailure?
        records += [UInt8](capacity: room) { output in
          do throws(TLSFailure) { taken = try connection.seal(piece.span, into: &output) } catch {
            failure = error
          }
        }
        if let failure { throw failure }
        rest = rest.dropFirst(taken)
        guard taken == 0 else { continue }
        // What is owed, a KeyUpdate for instance, goes between the records.
        let owed = takeOwed()
        guard !owed.isEmpty else { return }
        records += owed
      } while !rest.isEmpty
    }
    return failure == nil && rest.isEmpty ? records : nil
  }

  /// Seals early data, as much as may be sent; nil when the connection refuses, and `failure` then says why.
  package func sealEarly(_ data: [UInt8]) -> [UInt8]? {
    var records: [UInt8] = []
    var rest = data[...]
    attempt { () throws(TLSFailure) in
      while !rest.isEmpty, connection.earlyDataCapacity > 0 {
        let piece = Array(rest.prefix(1 << 14))
        var taken = 0
        records += try [UInt8](capacity: 17_000) { output throws(TLSFailure) in
          taken = try connection.sealEarlyData(piece.span, into: &output)
        }
        guard taken > 0 else { return }
        rest = rest.dropFirst(taken)
      }
    }
    return failure == nil ? records : nil
  }

  package func updateKeys(requestingPeer: Bool) {
    attempt { () throws(TLSFailure) in try connection.updateKeys(requestingPeer: requestingPeer) }
  }

  /// The application data so far, which is then forgotten.
  package func takeReceived() -> [UInt8] {
    defer { received = [] }
    return received
  }

  package func close() {
    connection.close()
    collectEvents()
  }

  /// The peer's bytes end here.
  package func endInput() {
    guard failure == nil else { return }
    attempt { () throws(TLSFailure) in try connection.receiveEndOfInput() }
  }

  private func attempt(_ body: () throws(TLSFailure) -> Void) {
    do throws(TLSFailure) { try body() } catch { failure = error }
    collectEvents()
  }

  private func collectEvents() { events += connection.takeEvents() }

  private func drain() throws(TLSFailure) {
    while true {
      let need = try receive()
      switch need {
      case .input where connection.consumed == 0, .nothing where connection.consumed == 0: return
      case .input, .plaintext, .earlyData: continue
      case .nothing: peerHasClosed = true
      default: guard try settle(need) else { return }
      }
    }
  }

  private func receive() throws(TLSFailure) -> Need {
    var buffer: [UInt8] = []
    swap(&buffer, &inbox)
    let count = buffer.count
    var span = buffer.mutableSpan
    let need = try connection.receive(&span, count: count)
    if case .plaintext(let range) = need { received += buffer[range] }
    if case .earlyData(let range) = need { receivedEarly += buffer[range] }
    if case .nothing = need { peerHasClosed = true }
    buffer.removeFirst(connection.consumed)
    inbox = buffer
    return need
  }

  /// Answers questions as long as there are answers; false when one stays open.
  private func settle(_ question: Need) throws(TLSFailure) -> Bool {
    var need = question
    while let answer = answers.answer(to: need) { need = try tell(answer) }
    openQuestion = need.isQuestion ? need : nil
    return openQuestion == nil
  }

  private func tell(_ answer: Answers.Answer) throws(TLSFailure) -> Need {
    switch answer {
    case .verdict(let verdict): try connection.resume(with: verdict)
    case .signature(let signature): try connection.resume(with: signature)
    case .identity(let identity): try connection.resume(with: identity)
    }
  }

  private func answer(_ answer: Answers.Answer) {
    openQuestion = nil
    attempt { () throws(TLSFailure) in
      if try settle(try tell(answer)) { try drain() }
    }
  }
}

extension Need {
  package var isQuestion: Bool {
    switch self {
    case .peerVerdict, .signature, .serverIdentity, .clientIdentity: true
    case .input, .plaintext, .earlyData, .nothing: false
    @unknown default: false
    }
  }
}
