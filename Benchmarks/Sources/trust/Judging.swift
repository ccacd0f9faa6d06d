import ArgumentParser
import Foundation
import Handfast
import Synchronization

/// What it costs to judge a chain: anew, from an authority that is known, and remembered. All in turns in one run, since only their
/// ratios mean something on another machine.
@main struct Judging: ParsableCommand {
  @Option(help: "A folder that `handfast pki` has filled.") var pki = "pki"
  @Option(help: "Revocation lists to judge by, DER or PEM.") var crl: [String] = []
  @Option(help: "Judgements of each kind in one turn.") var count = 500
  @Option(help: "Turns; the fastest counts.") var turns = 9
  @Option(help: "Where to write the figures, as JSON.") var json: String?
  @Option(help: "The revision that is measured, for the JSON.") var revision = "unknown"
  @Option(help: "Fail when a remembered chain saves less than so many times.") var leastGain: Double?

  struct Evidence: Codable {
    let revision: String
    let command: String
    /// Microseconds a judgement, and how many times less the remembered ones take.
    let anew: Double
    /// Of another leaf under an intermediate that is remembered.
    let knownIssuer: Double
    let remembered: Double
    let gain: Double
  }

  struct TooLittle: Error, CustomStringConvertible {
    let gain: Double
    let limit: Double
    var description: String { "a remembered chain is judged \(gain) times as fast; \(limit) is the least" }
  }

  /// Remembers what it was asked.
  final class Recorder: PeerTrust {
    let trust: Trust
    private let seen = Mutex<PeerVerification?>(nil)
    init(_ trust: Trust) { self.trust = trust }
    var authorities: [[UInt8]] { trust.authorities }
    var request: PeerVerification? { seen.withLock { $0 } }
    func judgeInline(_ request: PeerVerification) -> Verdict? {
      seen.withLock { $0 = request }
      return trust.judgeInline(request)
    }
  }

  struct Unexpected: Error {}

  func run() throws {
    var trust = try Trust(rootsPEM: text("root.pem"))
    if !crl.isEmpty {
      let lists = try RevocationLists(crl.map { [UInt8](try Data(contentsOf: URL(fileURLWithPath: $0))) })
      trust.revocation = Revocation(lists: lists, whenUnknown: .accept, whenStale: .warn)
    }
    // The server's chain is proved to `trust`; the client's, from the same intermediate, is not.
    let (server, client) = try requests(trust, try Trust(rootsPEM: text("root.pem")))
    var forgetful = trust
    forgetful.remembersChains = false
    guard isRemembered(server, trust), !isRemembered(server, forgetful), isIssuerKnown(client, trust),
      !isIssuerKnown(client, forgetful)
    else { throw Unexpected() }

    var (anew, knownIssuer, remembered) = (Double.infinity, Double.infinity, Double.infinity)
    for _ in 0..<turns {
      anew = min(anew, time(server, forgetful))
      knownIssuer = min(knownIssuer, time(client, trust))
      remembered = min(remembered, time(server, trust))
    }
    let gain = anew / remembered
    print(
      String(
        format: "judging a chain: %.1f us anew, %.1f us from a known authority, %.1f us remembered, %.1f times as fast",
        anew, knownIssuer, remembered, gain))
    if let json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      let evidence = Evidence(
        revision: revision, command: CommandLine.arguments.dropFirst().joined(separator: " "), anew: anew,
        knownIssuer: knownIssuer, remembered: remembered, gain: gain)
      try encoder.encode(evidence).write(to: URL(fileURLWithPath: json))
    }
    if let leastGain, gain < leastGain { throw TooLittle(gain: gain, limit: leastGain) }
  }

  /// Of a whole handshake, after which what each side was judged by remembers the other's chain.
  private func requests(_ trustOfClient: Trust, _ trustOfServer: Trust) throws -> (
    server: PeerVerification, client: PeerVerification
  ) {
    let (ofServer, ofClient) = (Recorder(trustOfClient), Recorder(trustOfServer))
    var configuration = ClientConfiguration(trust: ofServer)
    configuration.identities = .these([try identity("client")])
    var clientSide = try TLSClient(configuration).connect(to: try ServerReference("localhost"))
    var serverSide = try TLSServer(
      ServerConfiguration(identity: try identity("server"), clientAuthentication: .required(ofClient))
    ).accept()
    for _ in 0..<10 where !(clientSide.isHandshakeComplete && serverSide.isHandshakeComplete) {
      try pass(from: &clientSide, to: &serverSide)
      try pass(from: &serverSide, to: &clientSide)
    }
    guard let server = ofServer.request, let client = ofClient.request, server.peer == .server, client.peer == .client
    else { throw Unexpected() }
    return (server, client)
  }

  private func identity(_ name: String) throws -> Identity {
    try Identity(certificateChainPEM: text("\(name).pem"), privateKeyPEM: text("\(name)-key.pem"))
  }

  private func pass(from sender: inout TLSConnection, to receiver: inout TLSConnection) throws {
    let count = sender.owedByteCount
    guard count > 0 else { return }
    var bytes = [UInt8](capacity: count) { sender.writeOwed(into: &$0) }
    var start = 0
    while start < bytes.count {
      var span = bytes.mutableSpan
      var rest = span._mutatingExtracting(start...)
      _ = try receiver.receive(&rest, count: rest.count)
      guard receiver.consumed > 0 else { return }
      start += receiver.consumed
    }
  }

  private func isRemembered(_ request: PeerVerification, _ trust: Trust) -> Bool {
    guard case .trusted(let peer)? = trust.judgeInline(request) else { return false }
    return peer.checks.contains { $0.rule == .pathBuilding && $0.detail.contains("is remembered") }
  }

  private func isIssuerKnown(_ request: PeerVerification, _ trust: Trust) -> Bool {
    guard case .trusted(let peer)? = trust.judgeInline(request), !isRemembered(request, trust) else { return false }
    return peer.checks.contains { $0.rule == .signatures && $0.detail.contains("as an earlier handshake") }
  }

  /// Microseconds a judgement, as a connection asks for it that collects no events.
  private func time(_ request: PeerVerification, _ trust: Trust) -> Double {
    let clock = ContinuousClock()
    let duration = clock.measure {
      for _ in 0..<count { if case .rejected? = trust.judgeInline(request, isTraced: false) { fatalError("refused") } }
    }
    return Double(duration.components.attoseconds) / 1e12 / Double(count)
      + Double(duration.components.seconds) * 1e6 / Double(count)
  }

  private func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(pki)/\(name)")), as: UTF8.self)
  }
}
