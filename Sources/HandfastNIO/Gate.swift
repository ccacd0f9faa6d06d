import NIOCore

/// Stands at a listener's socket and lets clients in only while there is room; the others wait in the system's queue.
/// Used on the listener's event loop only.
final class Gate: ChannelDuplexHandler {
  typealias InboundIn = NIOAny
  typealias OutboundIn = Never

  private let room: Int
  private var inside = 0
  private var isHolding = false
  private var context: ChannelHandlerContext?

  init(room: Int) { self.room = max(room, 1) }

  /// One client less inside.
  func leave() {
    inside -= 1
    guard isHolding else { return }
    isHolding = false
    context?.read()
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    inside += 1
    context.fireChannelRead(data)
  }

  func read(context: ChannelHandlerContext) {
    if inside < room { context.read() } else { isHolding = true }
  }
}
