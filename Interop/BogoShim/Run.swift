import Handfast

/// All connections of one test, one after the other.
func run(_ options: CommandLineOptions) throws {
  let common = Common()
  for number in 0...options.initial.resumeCount {
    let isResumption = number > 0
    let current = isResumption ? options.resume : options.initial
    common.clientSessions.turn()
    _ = common.serverSessions.takeCount()
    let mayRetry = isResumption && current.expected.isEarlyDataRejected && !current.isServer
    let trust = ShimTrust(current, retry: mayRetry ? options.retry : nil)
    let sink = SecretStore()
    let connection = try current.connection(trust, common, sink)
    let socket = try Socket(port: options.initial.port, usesIPv6: options.initial.usesIPv6)
    socket.write((0..<8).map { UInt8(truncatingIfNeeded: options.initial.shimID >> (8 * $0)) })
    var exchange = Exchange(
      endpoint: Endpoint(connection, socket, current, trust), options: current, trust: trust, common: common,
      sink: sink,
      isResumption: isResumption)
    do {
      try exchange.play(retry: options.retry)
    } catch {
      exchange.endpoint.finish()
      throw error
    }
    exchange.endpoint.finish()
    common.clock.advance(seconds: current.resumptionDelay)
  }
}
