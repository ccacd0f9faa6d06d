package import ArgumentParser
import Foundation
import Handfast
import HandfastTrust

/// `handfast pki make`: a development CA in one command.
package struct PKIMakeCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "make",
    abstract: "Make a development root and intermediate, and a server's and a client's certificate under them.",
    discussion: """
      Examples:
        handfast pki
        handfast pki make --directory certificates --server-name api.example --client-name alice --key-type rsa-2048
        handfast pki make --not-before -10 --not-after -1
            certificates that expired yesterday, to see what happens

      Writes root.pem, intermediate.pem, server.pem and client.pem (each with the intermediate behind its own certificate), \
      server-key.pem and client-key.pem. The authorities' own keys are thrown away, unless --keep-authority-keys writes \
      root-key.pem and intermediate-key.pem, for `pki revoke`. Keys are for their owner's eyes only (0600). Nothing that is there already is overwritten without --force.
      """)

  @Option(help: ArgumentHelp("Where to write.", valueName: "path"))
  package var directory = "pki"

  @Option(help: ArgumentHelp("A DNS name or IP address of the server; repeat for more.", valueName: "name"))
  package var serverName: [String] = ["localhost", "127.0.0.1"]

  @Option(help: ArgumentHelp("The client's name.", valueName: "name"))
  package var clientName = "client"

  @Option(help: ArgumentHelp("What the root and the intermediate are called.", valueName: "name"))
  package var authorityName = "Handfast Development"

  @Option(help: "The kind of the server's and the client's keys.")
  package var keyType = KeyType.ecdsaP256

  @Option(help: "The kind of the authorities' keys.")
  package var authorityKeyType = KeyType.ecdsaP256

  @Option(
    name: [.long, .customLong("days")], parsing: .unconditional,
    help: ArgumentHelp("In how many days the certificates end; negative: they have ended.", valueName: "days"))
  package var notAfter = 30

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("In how many days the certificates begin; negative: they have begun.", valueName: "days"))
  package var notBefore = 0

  @Flag(help: "Write the authorities' keys too: whoever has them can issue and revoke in their name.")
  package var keepAuthorityKeys = false

  @Flag(help: "Overwrite files of an earlier run.")
  package var force = false

  @Flag(help: "Say as JSON what was written.")
  package var json = false

  package init() {}

  package func validate() throws {
    guard (-3650...3650).contains(notAfter) else { throw ValidationError("--not-after takes -3650 to 3650") }
    guard (-3650...3650).contains(notBefore) else { throw ValidationError("--not-before takes -3650 to 3650") }
    guard notBefore < notAfter else { throw ValidationError("--not-after must come after --not-before") }
    for name in serverName where (try? ServerReference(name)) == nil {
      throw ValidationError("--server-name '\(name)' is neither a host name nor an IP address")
    }
    for (option, name) in [("--client-name", clientName), ("--authority-name", authorityName)] {
      // RFC 5280 §A.1: ub-common-name; the authorities' have a word more.
      guard !name.isEmpty, name.unicodeScalars.count <= 48 else {
        throw ValidationError("\(option) takes 1 to 48 characters")
      }
    }
  }

  package func run() async throws {
    do {
      print(try report(of: try makeCertificates()))
    } catch {
      complain("handfast pki: \(error)")
      throw HandfastCommands.status(of: error).exitCode
    }
  }

  /// Where everything is: what `--json` prints.
  struct Made: Codable, Equatable {
    struct EndEntity: Codable, Equatable {
      /// With the intermediate behind it.
      let chain: String
      let key: String
      let names: [String]
    }
    let root: String
    let intermediate: String
    let server: EndEntity
    let client: EndEntity
    /// The root's and the intermediate's, if they were to be kept.
    let authorityKeys: [String]
  }

  private func report(of made: Made) throws -> String {
    guard !json else { return try prettyJSON(made) }
    return """
      \(made.root)          trust this on both sides
      \(made.intermediate)  issued both; it is in the two chains already
      \(made.server.chain)        with server-key.pem: \(made.server.names.joined(separator: ", "))
      \(made.client.chain)        with client-key.pem: \(made.client.names.joined(separator: ", "))
      """
  }

  func makeCertificates() throws -> Made {
    let folder = try CertificateFolder(directory, overwrites: force)
    let pki = try DevelopmentPKI(name: authorityName, keyKind: authorityKeyType.kind)
    let server = try pki.issueWithPEM(
      dated(
        LeafRequest(
          commonName: serverName.first, names: try serverName.map(subjectAlternativeName), purpose: .serverAuth)))
    let client = try pki.issueWithPEM(dated(.client(clientName)))

    var files: [CertificateFolder.File] = [
      .init(name: "root.pem", text: pki.rootPEM),
      .init(name: "intermediate.pem", text: pki.intermediatePEM),
      .init(name: "server.pem", text: server.certificateChainPEM),
      .init(name: "server-key.pem", text: server.privateKeyPEM, isPrivate: true),
      .init(name: "client.pem", text: client.certificateChainPEM),
      .init(name: "client-key.pem", text: client.privateKeyPEM, isPrivate: true),
    ]
    if keepAuthorityKeys {
      files.append(.init(name: "root-key.pem", text: try pki.root.privateKeyPEM, isPrivate: true))
      files.append(.init(name: "intermediate-key.pem", text: try pki.intermediate.privateKeyPEM, isPrivate: true))
    }
    try folder.write(files)
    return Made(
      root: path("root.pem"), intermediate: path("intermediate.pem"),
      server: .init(chain: path("server.pem"), key: path("server-key.pem"), names: serverName),
      client: .init(chain: path("client.pem"), key: path("client-key.pem"), names: [clientName]),
      authorityKeys: keepAuthorityKeys ? [path("root-key.pem"), path("intermediate-key.pem")] : [])
  }

  private func path(_ name: String) -> String { "\(directory)/\(name)" }

  private func dated(_ request: LeafRequest) -> LeafRequest {
    var request = request
    request.keyKind = keyType.kind
    // An hour for clocks that are behind.
    request.notBefore = Int64(notBefore) * 86_400 - 3600
    request.notAfter = Int64(notAfter) * 86_400
    return request
  }

  private func subjectAlternativeName(_ name: String) throws -> String {
    switch try ServerReference(name) {
    case .dnsName(let name): "DNS:\(name)"
    case .ipAddress: "IP:\(name)"
    }
  }
}
