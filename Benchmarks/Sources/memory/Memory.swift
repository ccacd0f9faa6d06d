import ArgumentParser
import Foundation
import Handfast

/// Bytes that one connection holds: at the peak of its handshake and when it is idle afterwards. Both sides, both versions, mutual
/// authentication on. Client and server live in one process and go through their handshakes in step, `--count` of each.
@main struct Memory: ParsableCommand {
  @Option(help: "A folder that `handfast pki` has filled.") var pki = "pki"
  @Option(help: "Connections at a time.") var count = 200
  @Option(help: "Where to write the figures, as JSON.") var json: String?
  @Option(help: "The revision that is measured, for the JSON.") var revision = "unknown"
  @Option(help: "Fail when a peak with X25519 is over so many bytes.") var peakLimit: Int?

  struct Row: Codable {
    let version: String
    let group: String
    let isMutual: Bool
    let figures: Crowd.Figures
  }

  struct Evidence: Codable {
    let revision: String
    let command: String
    let count: Int
    /// Bytes of a `TLSConnection` itself, counted in every figure.
    let inlineByteCount: Int
    let connections: [Row]
  }

  struct TooMuch: Error, CustomStringConvertible {
    let row: String
    let peak: Int
    let limit: Int
    var description: String { "\(row): a connection holds \(peak) bytes at its peak; \(limit) is the limit" }
  }

  func run() throws {
    let trust = try Trust(rootsPEM: text("root.pem"))
    let client = try Identity(certificateChainPEM: text("client.pem"), privateKeyPEM: text("client-key.pem"))
    let server = try Identity(certificateChainPEM: text("server.pem"), privateKeyPEM: text("server-key.pem"))
    var rows: [Row] = []
    for version in [ProtocolVersion.tls12, .tls13] {
      for group in [NamedGroup.x25519, .x25519MLKEM768] where version == .tls13 || !group.isHybrid {
        for isMutual in [false, true] {
          rows.append(try row(version, group, isMutual, trust, client, server))
        }
      }
    }
    print("bytes per connection           client peak   idle    server peak   idle")
    for row in rows {
      let name = "\(row.version) \(row.group)\(row.isMutual ? " mutual" : "")".padding(
        toLength: 32, withPad: " ", startingAt: 0)
      let figures = [
        row.figures.clientPeak, row.figures.clientIdle, row.figures.serverPeak, row.figures.serverIdle,
      ].map { String($0).leftPadded(to: 8) }
      print(name + figures.joined(separator: "  "))
    }
    print("of which inline, in either side: \(MemoryLayout<TLSConnection>.size)")
    if let json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      let evidence = Evidence(
        revision: revision, command: CommandLine.arguments.dropFirst().joined(separator: " "), count: count,
        inlineByteCount: MemoryLayout<TLSConnection>.size, connections: rows)
      try encoder.encode(evidence).write(to: URL(fileURLWithPath: json))
    }
    if let peakLimit {
      for row in rows where row.group == "x25519" {
        let peak = max(row.figures.clientPeak, row.figures.serverPeak)
        guard peak <= peakLimit else { throw TooMuch(row: "\(row.version) \(row.group)", peak: peak, limit: peakLimit) }
      }
    }
  }

  private func row(
    _ version: ProtocolVersion, _ group: NamedGroup, _ isMutual: Bool, _ trust: Trust, _ client: Identity,
    _ server: Identity
  ) throws -> Row {
    var clientSide = ClientConfiguration(trust: trust)
    clientSide.versions = [version]
    clientSide.groups = [group]
    // A store of sessions is the program's, not the connection's.
    clientSide.sessionStore = nil
    if isMutual { clientSide.identities = .these([client]) }
    var serverSide = ServerConfiguration(identity: server, clientAuthentication: isMutual ? .required(trust) : .none)
    serverSide.versions = [version]
    serverSide.groups = version == .tls13 ? [group] : [.x25519, .secp256r1]
    if version == .tls12 { clientSide.groups = [.x25519, .secp256r1] }
    serverSide.sessionCache = nil
    let makers = (try TLSClient(clientSide), try TLSServer(serverSide))
    let reference = try ServerReference("localhost")
    let crowd = Crowd(
      count: count, makeClient: { makers.0.connect(to: reference) }, makeServer: { makers.1.accept() })
    // The first round fills caches that belong to nobody.
    _ = try Crowd(count: 4, makeClient: crowd.makeClient, makeServer: crowd.makeServer).measure()
    return Row(
      version: version.description, group: group.description, isMutual: isMutual, figures: try crowd.measure())
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(pki)/\(name)", encoding: .utf8)
  }
}

extension String {
  fileprivate func leftPadded(to width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}
