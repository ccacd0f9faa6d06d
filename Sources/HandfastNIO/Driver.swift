import Handfast
import NIOCore

/// Drives one connection over one channel. Between two suspensions it hands bytes to the channel without waiting, so that they
/// reach the socket in the order in which they were sealed.
actor Driver {
  nonisolated let channel: any Channel
  nonisolated let host: String
  nonisolated let port: Int
  private let inbox: NIOLoopBound<Inbox>
  private let side: Side
  private let delegate: any ConnectionDelegate
  private let tracing: Tracing?

  private var engine: Engine
  private var failure: (any Error)?
  /// Application data that came together with the end of the handshake.
  private var arrived: ByteBuffer?
  /// Early data of a client's first flight.
  private var earlyData: ByteBuffer?
  private var isReading = false
  /// The time to wait for a confirmation is over.
  private var hasRunOut = false
  /// Which wait for a confirmation it is: a timer that comes late must not end what came after.
  private var confirmationWait = 0
  private var waits = 0
  private var hasClosedOutput = false
  private var hasClosed = false
  /// Whether a task was reading when this side closed, which is entitled to everything that still comes, and has not come to its end.
  private var readerGoesOn = false
  private var cancelQuestion: (@Sendable () -> Void)?
  private var goodbyeWaiters: [CheckedContinuation<Void, Never>] = []

  init(
    _ connection: consuming TLSConnection, over socket: Socket, host: String, port: Int,
    delegate: any ConnectionDelegate, tracing: Tracing?
  ) {
    channel = socket.channel
    inbox = socket.inbox
    self.host = host
    self.port = port
    side = connection.side
    self.delegate = delegate
    self.tracing = tracing
    engine = Engine(connection)
  }

  // MARK: - What the owner asks for

  /// `early` goes out with the first bytes, as far as a session allows it.
  func handshake(within seconds: Int, early: ByteBuffer? = nil) async throws -> Handshaken {
    let timer = channel.eventLoop.scheduleTask(in: .seconds(Int64(seconds))) {
      Task { await self.giveUp(afterSeconds: seconds) }
    }
    defer { timer.cancel() }
    do {
      deliver()
      var sentEarly = 0
      if var early, engine.connection.earlyDataCapacity > 0 {
        let count = early.readableBytes
        let sealed = try engine.sealEarlyData(&early)
        sentEarly = count - early.readableBytes
        deliver(sealed)
      }
      while true {
        if engine.connection.isHandshakeComplete, let negotiated = engine.connection.negotiated {
          return Handshaken(
            negotiated: negotiated, peer: engine.connection.peer, ownIdentity: engine.connection.ownIdentity,
            warningBasis: engine.connection.warningBasis, receivedEarly: earlyData,
            sentEarly: negotiated.isEarlyDataAccepted ? sentEarly : 0)
        }
        switch try advance() {
        case .progress: continue
        case .input: try await takeInput()
        case .question(let need): try await answer(need)
        case .plaintext(let data): arrived = data
        case .earlyData(var data): earlyData.setOrWriteBuffer(&data)
        // The goodbye may come in one breath with the end of the handshake.
        case .end where engine.connection.isHandshakeComplete: continue
        case .end: throw NetworkError(host: host, port: port, reason: .closed)
        }
      }
    } catch let error as CancellationError {
      failure = failure ?? error
      channel.close(promise: nil)
      throw error
    } catch {
      throw await settle(error)
    }
  }

  func read() async throws -> ByteBuffer? {
    // For others than the one who was reading when this side closed the end has come.
    guard !hasClosed || readerGoesOn else { return nil }
    guard !isReading else { throw NetworkError(host: host, port: port, reason: .alreadyReading) }
    return try await nextPlaintext()
  }

  private func nextPlaintext() async throws -> ByteBuffer? {
    isReading = true
    defer { isReading = false }
    if let arrived {
      self.arrived = nil
      return arrived
    }
    if let failure { throw failure }
    do {
      while true {
        switch try advance() {
        case .progress: continue
        case .input: try await takeInput()
        case .question(let need): try await answer(need)
        case .plaintext(let data): return data
        case .earlyData: continue
        case .end:
          wakeGoodbyeWaiters()
          return nil
        }
      }
    } catch {
      throw await settle(error)
    }
  }

  /// Waits until the server is known to have accepted this client; false when that was not to be learnt in time.
  func confirmed(within deadline: TimeAmount) async throws -> Bool {
    if let failure { throw failure }
    if engine.connection.isConfirmed { return true }
    guard !isReading else { throw NetworkError(host: host, port: port, reason: .alreadyReading) }
    isReading = true
    hasRunOut = false
    let wait = confirmationWait
    let timer = channel.eventLoop.scheduleTask(in: deadline) { Task { await self.stopWaitingForConfirmation(wait) } }
    defer {
      isReading = false
      confirmationWait += 1
      timer.cancel()
    }
    do {
      while !engine.connection.isConfirmed {
        // What has arrived is all that may be held back; and data confirms.
        guard arrived == nil else { return true }
        switch try advance() {
        case .progress, .earlyData: continue
        case .input where hasRunOut: return false
        case .input: try await takeInput()
        case .question(let need): try await answer(need)
        case .plaintext(let data): arrived = data
        case .end: return engine.connection.isConfirmed
        }
      }
      return true
    } catch is CancellationError where hasRunOut {
      return false
    } catch {
      throw await settle(error)
    }
  }

  private func stopWaitingForConfirmation(_ wait: Int) {
    guard wait == confirmationWait, failure == nil, !engine.connection.isConfirmed else { return }
    hasRunOut = true
    abandonWait()
  }

  func updateKeys(requestingPeer: Bool) throws(TLSFailure) {
    try engine.connection.updateKeys(requestingPeer: requestingPeer)
    deliver()
  }

  func write(_ data: ByteBuffer) async throws {
    var rest = data
    do {
      while rest.readableBytes > 0 {
        if let failure { throw failure }
        let sealed = try engine.seal(&rest)
        guard sealed.readableBytes > 0 else { throw NetworkError(host: host, port: port, reason: .closed) }
        // Waiting for the socket here is the back pressure.
        try await deliver(sealed)?.get()
      }
    } catch {
      throw await settle(error)
    }
  }

  /// Says goodbye, and no more.
  func closeOutput() async throws {
    if let failure { throw failure }
    guard !hasClosedOutput else { return }
    hasClosedOutput = true
    engine.connection.close()
    let flushed = deliver()
    try? await flushed?.get()
    channel.close(mode: .output, promise: nil)
  }

  /// Says goodbye and waits for the peer's.
  func close(within deadline: TimeAmount) async throws {
    guard !hasClosed else { return }
    hasClosed = true
    // From now on: data may be there before the goodbye has left the socket.
    readerGoesOn = isReading
    let timer = channel.eventLoop.scheduleTask(in: deadline) { Task { await self.stopWaitingForGoodbye() } }
    defer { timer.cancel() }
    try await closeOutput()
    if readerGoesOn {
      await withCheckedContinuation { goodbyeWaiters.append($0) }
      if let failure { throw failure }
    }
    while try await nextPlaintext() != nil {}
    try? await channel.close()
  }

  func exportKeyingMaterial(label: String, context: [UInt8]?, byteCount: Int) throws(TLSFailure) -> [UInt8] {
    try engine.connection.exportKeyingMaterial(label: label, context: context, byteCount: byteCount)
  }

  // MARK: - One step

  private func advance() throws(TLSFailure) -> Engine.Step {
    defer { deliver() }
    return try engine.next()
  }

  /// Tells the events, then sends what they describe: what is owed, and after it `sealed`.
  @discardableResult private func deliver(_ sealed: ByteBuffer? = nil) -> EventLoopFuture<Void>? {
    if let tracing {
      for event in engine.connection.takeEvents() { tracing(side, event) }
    }
    var bytes = engine.takeOwed()
    if var sealed { bytes.setOrWriteBuffer(&sealed) }
    return bytes.map { channel.writeAndFlush($0) }
  }

  private func takeInput() async throws {
    let delivery = await nextDelivery()
    if let failure { throw failure }
    switch delivery {
    case .bytes(let bytes): engine.append(bytes)
    case .end:
      defer { deliver() }
      try engine.receiveEndOfInput()
    case .failed(let error):
      // A handshake that is cut is worth a diagnosis; later, what the system says is all there is to say.
      let isHandshake = !engine.connection.isConfirmed
      defer { deliver() }
      do {
        try engine.receiveEndOfInput()
      } catch let failure {
        if isHandshake { throw failure }
      }
      throw error
    case .abandoned: throw CancellationError()
    }
  }

  private func nextDelivery() async -> Inbox.Delivery {
    waits += 1
    let (loop, inbox, wait) = (channel.eventLoop, inbox, waits)
    return await withTaskCancellationHandler {
      await withCheckedContinuation { reader in
        loop.execute { inbox.value.take(wait: wait, reader) }
      }
    } onCancel: {
      loop.execute { inbox.value.abandon(wait: wait) }
    }
  }

  private func abandonWait() {
    let (inbox, wait) = (inbox, waits)
    channel.eventLoop.execute { inbox.value.abandon(wait: wait) }
  }

  // MARK: - Questions

  private func answer(_ question: Need) async throws {
    var need = question
    while true {
      switch need {
      case .peerVerdict(let request):
        let verdict = try await ask { await $0.verdict(on: request) }
        need = try resume { engine throws(TLSFailure) in try engine.connection.resume(with: verdict) }
      case .signature(let request):
        let signature = try await ask { (try? await $0.signature(for: request)) ?? [] }
        need = try resume { engine throws(TLSFailure) in try engine.connection.resume(with: signature) }
      case .serverIdentity(let request):
        let identity = try await ask { await $0.serverIdentity(for: request) }
        need = try resume { engine throws(TLSFailure) in try engine.connection.resume(with: identity) }
      case .clientIdentity(let request):
        let identity = try await ask { await $0.clientIdentity(for: request) }
        need = try resume { engine throws(TLSFailure) in try engine.connection.resume(with: identity) }
      case .input, .plaintext, .earlyData, .nothing: return
      }
    }
  }

  /// Asks the delegate, away from the event loop.
  private func ask<Answer: Sendable>(
    _ question: @escaping @Sendable (any ConnectionDelegate) async -> Answer
  ) async throws -> Answer {
    let delegate = delegate
    let task = Task.detached { await question(delegate) }
    cancelQuestion = { task.cancel() }
    let answer = await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      task.cancel()
    }
    cancelQuestion = nil
    if let failure { throw failure }
    try Task.checkCancellation()
    return answer
  }

  private func resume(_ body: (inout Engine) throws(TLSFailure) -> Need) throws(TLSFailure) -> Need {
    defer { deliver() }
    return try body(&engine)
  }

  // MARK: - Endings

  private func giveUp(afterSeconds seconds: Int) {
    guard failure == nil, !engine.connection.isHandshakeComplete else { return }
    failure = engine.connection.timeOut(afterSeconds: seconds)
    deliver()
    cancelQuestion?()
    abandonWait()
  }

  private func stopWaitingForGoodbye() {
    guard failure == nil, !engine.peerHasClosed else { return }
    failure = NetworkError(host: host, port: port, reason: .timedOut)
    channel.close(promise: nil)
    abandonWait()
    wakeGoodbyeWaiters()
  }

  private func wakeGoodbyeWaiters() {
    readerGoesOn = false
    for waiter in goodbyeWaiters { waiter.resume() }
    goodbyeWaiters.removeAll()
  }

  /// What the caller is to be told; unless the caller itself gave up, the connection is over with it.
  private func settle(_ error: any Error) async -> any Error {
    if failure == nil {
      if error is CancellationError {
        wakeGoodbyeWaiters()
        return error
      }
      failure = error is TLSFailure ? error : NetworkError(error, host: host, port: port)
    }
    wakeGoodbyeWaiters()
    await hangUp()
    return failure ?? error
  }

  /// Lets the peer read the alert: our side of the connection ends first, then what still comes is drained for a while.
  private func hangUp() async {
    let (channel, inbox) = (channel, inbox)
    channel.close(mode: .output, promise: nil)
    channel.eventLoop.execute { inbox.value.discard() }
    let timer = channel.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
    try? await channel.closeFuture.get()
    timer.cancel()
  }
}

/// What a handshake has settled, for the one who owns the connection.
struct Handshaken: Sendable {
  let negotiated: NegotiatedParameters
  let peer: TrustedPeer?
  let ownIdentity: Identity?
  let warningBasis: WarningBasis?
  let receivedEarly: ByteBuffer?
  /// Bytes of early data that the server has taken.
  let sentEarly: Int
}

/// A channel with an inbox at its end.
struct Socket: Sendable {
  let channel: any Channel
  let inbox: NIOLoopBound<Inbox>

  /// To be called on the channel's event loop.
  init(_ channel: any Channel) throws {
    let inbox = Inbox()
    try channel.pipeline.syncOperations.addHandler(inbox)
    self.channel = channel
    self.inbox = NIOLoopBound(inbox, eventLoop: channel.eventLoop)
  }
}
