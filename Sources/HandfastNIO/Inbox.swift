import NIOCore

/// Holds what the socket brings until somebody takes it. The socket is read only on demand, so that a peer cannot fill our
/// memory. Used on the channel's event loop only.
final class Inbox: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  enum Delivery: Sendable {
    case bytes(ByteBuffer)
    case end
    case failed(any Error)
    /// The wait was given up.
    case abandoned
  }

  private var context: ChannelHandlerContext?
  private var bytes: ByteBuffer?
  private var ending: Delivery?
  private var reader: CheckedContinuation<Delivery, Never>?
  private var wait = 0
  private var abandonedWait = 0
  private var isDiscarding = false

  /// Waits for bytes, or the end. One caller at a time; a second one is sent away. Waits are numbered from 1, upwards.
  func take(wait: Int, _ reader: CheckedContinuation<Delivery, Never>) {
    guard self.reader == nil, wait > abandonedWait else { return reader.resume(returning: .abandoned) }
    self.wait = wait
    self.reader = reader
    if !handOver() { context?.read() }
  }

  /// Ends a wait, even before it begins.
  func abandon(wait: Int) {
    abandonedWait = max(abandonedWait, wait)
    guard self.wait == wait else { return }
    abandon()
  }

  private func abandon() {
    reader?.resume(returning: .abandoned)
    reader = nil
  }

  /// Drops whatever still comes, and closes the channel at its end. A socket that is closed with unread bytes resets the
  /// connection, and the peer would lose the alert that explains it.
  func discard() {
    isDiscarding = true
    bytes = nil
    abandon()
    if ending == nil { context?.read() } else { context?.close(promise: nil) }
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) {
    finish(.end)
    self.context = nil
  }

  func channelActive(context: ChannelHandlerContext) {
    if reader != nil { context.read() }
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isDiscarding else { return }
    var part = unwrapInboundIn(data)
    bytes.setOrWriteBuffer(&part)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if isDiscarding || !handOver() && reader != nil { context.read() }
    context.fireChannelReadComplete()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .inputClosed? = event as? ChannelEvent { finish(.end) }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    finish(.end)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    finish(.failed(error))
    context.close(promise: nil)
  }

  private func finish(_ ending: Delivery) {
    guard self.ending == nil else { return }
    self.ending = ending
    if isDiscarding { context?.close(promise: nil) }
    _ = handOver()
  }

  /// Serves the one who waits, if there is something to serve.
  private func handOver() -> Bool {
    guard let reader, let delivery = bytes.map(Delivery.bytes) ?? ending else { return false }
    self.reader = nil
    bytes = nil
    reader.resume(returning: delivery)
    return true
  }
}
