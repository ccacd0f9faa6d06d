import Handfast

/// Something is not as the test expects it.
struct Unexpected: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// One connection of a test, from its first byte to its last.
struct Exchange: ~Copyable {
  var endpoint: Endpoint
  var options: Options
  let trust: ShimTrust
  let common: Common
  let sink: SecretStore
  let isResumption: Bool
  private var hasWritten = false

  init(
    endpoint: consuming Endpoint, options: Options, trust: ShimTrust, common: Common, sink: SecretStore,
    isResumption: Bool
  ) {
    self.endpoint = endpoint
    self.options = options
    self.trust = trust
    self.common = common
    self.sink = sink
    self.isResumption = isResumption
  }

  /// `retry` takes the place of the options when the server has rejected early data.
  mutating func play(retry: Options) throws {
    endpoint.flush()
    if endpoint.tls.earlyDataCapacity > 0 {
      if options.exportedByteCount > 0 { try export() }
      if options.expected.offersNoEarlyData { throw Unexpected("the client offered early data") }
      if options.writesFirst, options.writesEarlyAfter == nil {
        hasWritten = true
        try writeFirst()
      }
    }
    try talk(retry: retry)
    if options.sendsAlert { return }
    try checkSessions()
    try sayGoodbye()
    try checkMessages()
  }

  private mutating func talk(retry: Options) throws {
    if options.updatesKeysBeforeRead, endpoint.tls.isHandshakeComplete { try endpoint.tls.updateKeys() }
    while true {
      switch try endpoint.next() {
      case .established:
        try begin(retry: retry)
        if options.sendsAlert || options.shutsDown { return }
      case .mayWriteEarly:
        guard endpoint.tls.earlyDataCapacity > 0 else { throw Unexpected("early data cannot be written any more") }
        hasWritten = true
        try writeFirst()
      case .earlyData(let data): try endpoint.write(data.map { $0 ^ 0xff })
      case .data(let data):
        for start in stride(from: 0, to: data.count, by: options.readSize) {
          if options.updatesKeys { try endpoint.tls.updateKeys() }
          try endpoint.write(data[start..<min(start + options.readSize, data.count)].map { $0 ^ 0xff })
          if options.updatesKeysBeforeRead { try endpoint.tls.updateKeys() }
        }
      case .closed(let isClean):
        guard endpoint.tls.isHandshakeComplete else { throw Unexpected("the connection ended before the handshake") }
        if !isClean, options.checksCloseNotify { throw Unexpected("Unexpected SSL_shutdown result: -1 != 1") }
        return
      }
      endpoint.flush()
    }
  }

  /// The handshake is complete.
  private mutating func begin(retry: Options) throws {
    let wasRejected = try checkEarlyData()
    if wasRejected {
      options = retry
      hasWritten = false
    }
    try check(wasRejected: wasRejected)
    if options.exportedByteCount > 0 {
      try export()
    }
    if options.sendsAlert {
      _ = endpoint.tls.abort(with: AlertDescription(rawValue: 30))
      return
    }
    if options.exportsTrafficSecrets { try exportTrafficSecrets() }
    if options.writesFirst || options.readsWithUnfinishedWrite, !hasWritten { try writeFirst() }
    if options.updatesKeysBeforeRead { try endpoint.tls.updateKeys() }
  }

  private mutating func export() throws {
    try endpoint.write(
      try endpoint.tls.exportKeyingMaterial(
        label: options.exportLabel, context: options.usesExportContext ? options.exportContext : nil,
        byteCount: options.exportedByteCount))
  }

  private mutating func writeFirst() throws {
    for _ in 0..<options.initialWriteCount { try endpoint.write(options.initialWrite) }
  }

  private mutating func exportTrafficSecrets() throws {
    let client = sink[.clientApplicationTrafficSecret] ?? []
    let server = sink[.serverApplicationTrafficSecret] ?? []
    let (reading, writing) = options.isServer ? (client, server) : (server, client)
    try endpoint.write([UInt8(truncatingIfNeeded: reading.count), UInt8(truncatingIfNeeded: reading.count >> 8)])
    try endpoint.write(reading)
    try endpoint.write(writing)
  }

  /// Both ways of ending: this side first, or after the runner.
  private mutating func sayGoodbye() throws {
    guard options.checksCloseNotify else { return }
    endpoint.tls.close()
    endpoint.flush()
    guard options.shutsDown else { return }
    switch try endpoint.next() {
    case .closed(isClean: true): return
    case .data: throw Unexpected(":APPLICATION_DATA_ON_SHUTDOWN:")
    default: throw Unexpected("Unexpected SSL_shutdown result: -1 != 1")
    }
  }
}
