import Handfast
import HandfastCore
import HandfastNIO
import HandfastWire
import NIOCore
import NIOPosix

/// Asks a server one question after the other, each on a connection of its own, and never more than so many.
struct Prober {
  let host: String
  let port: Int
  /// For each connection.
  let seconds: Int
  private let limit: Int
  /// How many connections were made.
  private(set) var used = 0

  init(host: String, port: Int, seconds: Int, limit: Int) {
    self.host = host
    self.port = port
    self.seconds = seconds
    self.limit = limit
  }

  /// Whether there is one more connection to make; counts it.
  mutating func spend() -> Bool {
    guard used < limit else { return false }
    used += 1
    return true
  }

  /// Nil when there is no connection left. Throws when nobody is there.
  mutating func ask(_ hello: ProbeHello) async throws -> ProbeAnswer? {
    guard let record = hello.record, spend() else { return nil }
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let promise = loop.makePromise(of: ProbeAnswer.self)
    let channel: any Channel
    do {
      channel = try await ClientBootstrap(group: loop)
        .connectTimeout(.seconds(Int64(seconds)))
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(AnswerCollector(asking: record, promise))
          }
        }
        .connect(host: host, port: port).get()
    } catch {
      promise.fail(error)
      throw CommandError("\(host.contains(":") ? "[\(host)]" : host):\(port): \(Self.reason(error))", .unavailable)
    }
    let timer = loop.scheduleTask(in: .seconds(Int64(seconds))) {
      channel.pipeline.fireUserInboundEventTriggered(TimeIsUp())
    }
    defer { timer.cancel() }
    let answer = try await promise.futureResult.get()
    try? await channel.close()
    return answer
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case let error as NIOConnectionError:
      error.connectionErrors.isEmpty
        ? "there is no such host" : "nobody answers there: is the server running, and is the port right?"
    default: "cannot connect: \(error)"
    }
  }
}

private struct TimeIsUp {}

/// Asks when the connection is there, and collects the answer until it is whole, or the peer has had enough.
private final class AnswerCollector: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let question: [UInt8]
  private var promise: EventLoopPromise<ProbeAnswer>?
  private var bytes: [UInt8] = []

  init(asking question: [UInt8], _ promise: EventLoopPromise<ProbeAnswer>) {
    self.question = question
    self.promise = promise
  }

  func channelActive(context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: question)), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    bytes += unwrapInboundIn(data).readableBytesView
    let answer = ProbeAnswer(bytes)
    guard answer.isDone || bytes.count > ProbeAnswer.byteLimit else { return }
    // "I have seen enough", so that the server's log does not show a fault (RFC 5246 §7.2.2: user_canceled).
    if answer.alert == nil, !answer.isForeign {
      let goodbye: [UInt8] = [21, 3, 3, 0, 2, 1, AlertDescription.userCanceled.rawValue, 21, 3, 3, 0, 2, 1, 0]
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: goodbye)), promise: nil)
    }
    finish(answer)
  }

  func channelInactive(context: ChannelHandlerContext) {
    finish(ProbeAnswer(bytes))
    context.fireChannelInactive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard event is TimeIsUp else { return context.fireUserInboundEventTriggered(event) }
    var answer = ProbeAnswer(bytes)
    answer.isLate = true
    finish(answer)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    finish(ProbeAnswer(bytes))
    context.close(promise: nil)
  }

  private func finish(_ answer: ProbeAnswer) {
    promise?.succeed(answer)
    promise = nil
  }
}
