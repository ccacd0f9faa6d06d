import ArgumentParser
import Foundation
import Handfast
import Synchronization

/// What it costs to judge a server's chain: anew, and remembered. Both in turns in one run, since only their ratio means something
/// on another machine.
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
    let request = try request(by: trust)
    var forgetful = trust
    forgetful.remembersChains = false
    guard isRemembered(request, trust), !isRemembered(request, forgetful) else { throw Unexpected() }

    var (anew, remembered) = (Double.infinity, Double.infinity)
    for _ in 0..<turns {
      anew = min(anew, time(request, forgetful))
      remembered = min(remembered, time(request, trust))
    }
    let gain = anew / remembered
    print(
      String(format: "judging a chain: %.1f us anew, %.1f us remembered, %.1f times as fast", anew, remembered, gain))
    if let json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      let evidence = Evidence(
        revision: revision, command: CommandLine.arguments.dropFirst().joined(separator: " "), anew: anew,
        remembered: remembered, gain: gain)
      try encoder.encode(evidence).write(to: URL(fileURLWithPath: json))
    }
    if let leastGain, gain < leastGain { throw TooLittle(gain: gain, limit: leastGain) }
  }

  /// Of a whole handshake, after which the server's chain is remembered.
  private func request(by trust: Trust) throws -> PeerVerification {
    let recorder = Recorder(trust)
    let identity = try Identity(certificateChainPEM: text("server.pem"), privateKeyPEM: text("server-key.pem"))
    var client = try TLSClient(ClientConfiguration(trust: recorder)).connect(to: try ServerReference("localhost"))
    var server = try TLSServer(ServerConfiguration(identity: identity, clientAuthentication: .none)).accept()
    for _ in 0..<10 where !(client.isHandshakeComplete && server.isHandshakeComplete) {
      try pass(from: &client, to: &server)
      try pass(from: &server, to: &client)
    }
    guard let request = recorder.request, client.isHandshakeComplete else { throw Unexpected() }
    return request
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

  /// Microseconds a judgement.
  private func time(_ request: PeerVerification, _ trust: Trust) -> Double {
    let clock = ContinuousClock()
    let duration = clock.measure {
      for _ in 0..<count { if case .rejected? = trust.judgeInline(request) { fatalError("refused") } }
    }
    return Double(duration.components.attoseconds) / 1e12 / Double(count)
      + Double(duration.components.seconds) * 1e6 / Double(count)
  }

  private func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(pki)/\(name)")), as: UTF8.self)
  }
}
