import Handfast
import NIOCore
import NIOEmbedded
import NIOSSL

/// What a server does with a first flight.
enum Answer: Hashable, Codable {
  /// Its own flight: the hello was taken, or answered with a HelloRetryRequest.
  case goesOn
  case refused(alert: UInt8?)
  /// Nothing: it waits for more.
  case waits

  init(flight: [UInt8]) {
    guard let type = flight.first else {
      self = .waits
      return
    }
    switch type {
    case 22: self = .goesOn
    case 21: self = .refused(alert: flight.count > 6 ? flight[6] : nil)
    default: self = .refused(alert: nil)
    }
  }

  /// Whether the two agree on what matters: to go on, or not.
  func agrees(with other: Answer) -> Bool {
    switch (self, other) {
    case (.goesOn, .goesOn), (.refused, .refused), (.waits, .waits): true
    default: false
    }
  }
}

struct Credentials {
  let chainPEM: String
  let keyPEM: String
}

/// The two servers, set up alike: one certificate, no client authentication, the same suites and groups.
struct Servers {
  private let ours: TLSServer
  private let theirs: NIOSSLContext

  init(_ credentials: Credentials) throws {
    var configuration = ServerConfiguration(
      identity: try Identity(certificateChainPEM: credentials.chainPEM, privateKeyPEM: credentials.keyPEM),
      clientAuthentication: .none)
    configuration.groups = [.x25519, .secp256r1, .secp384r1]
    // BoringSSL does not insist on it.
    configuration.extendedMasterSecret = .preferred
    ours = try TLSServer(configuration)
    var other = TLSConfiguration.makeServerConfiguration(
      certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(credentials.chainPEM.utf8)).map { .certificate($0) },
      privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(credentials.keyPEM.utf8), format: .pem)))
    other.minimumTLSVersion = .tlsv12
    other.curves = [.x25519, .secp256r1, .secp384r1]
    other.cipherSuites = Clients.suites
    theirs = try NIOSSLContext(configuration: other)
  }

  func ours(_ record: [UInt8]) -> Answer {
    var connection = ours.accept()
    var bytes = record
    var start = 0
    while start < bytes.count {
      var span = bytes.mutableSpan
      var rest = span._mutatingExtracting(start...)
      guard (try? connection.receive(&rest, count: rest.count)) != nil, connection.consumed > 0 else { break }
      start += connection.consumed
    }
    return Answer(flight: [UInt8](capacity: connection.owedByteCount) { connection.writeOwed(into: &$0) })
  }

  func theirs(_ record: [UInt8]) throws -> Answer {
    let channel = EmbeddedChannel()
    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: theirs))
    channel.connect(to: try SocketAddress(unixDomainSocketPath: "/differential"), promise: nil)
    let hasThrown = (try? channel.writeInbound(ByteBuffer(bytes: record))) == nil
    var flight: [UInt8] = []
    while let bytes = try channel.readOutbound(as: ByteBuffer.self) { flight += bytes.readableBytesView }
    channel.close(promise: nil)
    while try channel.readOutbound(as: ByteBuffer.self) != nil {}
    channel.embeddedEventLoop.advanceTime(by: .seconds(10))
    let answer = Answer(flight: flight)
    // Some refusals of BoringSSL send no alert.
    return answer == .waits && hasThrown ? .refused(alert: nil) : answer
  }
}

/// Where the flights come from that are changed: clients of both, for each version and for both.
enum Clients {
  static let suites =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    + "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"

  static func flights(trusting root: String) throws -> [[UInt8]] {
    try [[ProtocolVersion.tls12], [.tls13], [.tls13, .tls12]].flatMap { versions in
      [try ours(versions, root), try theirs(versions, root)]
    }
  }

  private static func ours(_ versions: [ProtocolVersion], _ root: String) throws -> [UInt8] {
    var configuration = ClientConfiguration(trust: try Trust(rootsPEM: root))
    configuration.versions = versions
    configuration.groups = [.x25519, .secp256r1, .secp384r1]
    var connection = try TLSClient(configuration).connect(to: try ServerReference("localhost"))
    return [UInt8](capacity: connection.owedByteCount) { connection.writeOwed(into: &$0) }
  }

  private static func theirs(_ versions: [ProtocolVersion], _ root: String) throws -> [UInt8] {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.trustRoots = .certificates([try NIOSSLCertificate(bytes: Array(root.utf8), format: .pem)])
    configuration.minimumTLSVersion = versions.contains(.tls12) ? .tlsv12 : .tlsv13
    configuration.maximumTLSVersion = versions.contains(.tls13) ? .tlsv13 : .tlsv12
    configuration.curves = [.x25519, .secp256r1, .secp384r1]
    configuration.cipherSuites = suites
    let channel = EmbeddedChannel()
    try channel.pipeline.syncOperations.addHandler(
      NIOSSLClientHandler(context: try NIOSSLContext(configuration: configuration), serverHostname: "localhost"))
    channel.connect(to: try SocketAddress(unixDomainSocketPath: "/differential"), promise: nil)
    var flight: [UInt8] = []
    while let bytes = try channel.readOutbound(as: ByteBuffer.self) { flight += bytes.readableBytesView }
    return flight
  }
}
