package import ArgumentParser
import Handfast
import HandfastTrust

/// `handfast pki`: certificates for trying mutual TLS out, in one command.
package struct PKICommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "pki",
    abstract: "Make a development root, and a server's and a client's certificate under it.",
    discussion: """
      Examples:
        handfast pki
        handfast pki --directory certificates --server-name api.example --client-name alice --key-type rsa-2048

      Writes root.pem, server.pem, server-key.pem, client.pem and client-key.pem. The authorities' own keys are thrown away:
      to issue more, start anew. Nothing that is there already is overwritten without --force.
      """)

  @Option(help: ArgumentHelp("Where to write.", valueName: "path"))
  package var directory = "pki"

  @Option(help: ArgumentHelp("A DNS name or IP address of the server; repeat for more.", valueName: "name"))
  package var serverName: [String] = ["localhost", "127.0.0.1"]

  @Option(help: ArgumentHelp("The client's name.", valueName: "name"))
  package var clientName = "client"

  @Option(help: "The kind of the server's and the client's keys.")
  package var keyType = KeyType.ecdsaP256

  @Option(help: ArgumentHelp("How long the certificates are valid.", valueName: "days"))
  package var days = 30

  @Flag(help: "Overwrite files of an earlier run.")
  package var force = false

  package init() {}

  package func validate() throws {
    guard (1...3650).contains(days) else { throw ValidationError("--days takes 1 to 3650") }
    for name in serverName where (try? ServerReference(name)) == nil {
      throw ValidationError("--server-name '\(name)' is neither a host name nor an IP address")
    }
  }

  package func run() async throws {
    do {
      try makeCertificates()
    } catch {
      complain("handfast pki: \(error)")
      throw HandfastCommands.status(of: error).exitCode
    }
  }

  private func makeCertificates() throws {
    let folder = try CertificateFolder(directory, overwrites: force)
    let pki = try DevelopmentPKI()
    var serverRequest = LeafRequest(
      commonName: serverName.first, names: try serverName.map(subjectAlternativeName), purpose: .serverAuth)
    var clientRequest = LeafRequest.client(clientName)
    serverRequest.keyKind = keyType.kind
    clientRequest.keyKind = keyType.kind
    serverRequest.notAfter = Int64(days) * 86_400
    clientRequest.notAfter = Int64(days) * 86_400
    let server = try pki.issueWithPEM(serverRequest)
    let client = try pki.issueWithPEM(clientRequest)

    try folder.write([
      .init(name: "root.pem", text: pki.rootPEM),
      .init(name: "server.pem", text: server.certificateChainPEM),
      .init(name: "server-key.pem", text: server.privateKeyPEM, isPrivate: true),
      .init(name: "client.pem", text: client.certificateChainPEM),
      .init(name: "client-key.pem", text: client.privateKeyPEM, isPrivate: true),
    ])
    print(
      """
      \(directory)/root.pem    trust this on both sides
      \(directory)/server.pem  with server-key.pem: \(serverName.joined(separator: ", "))
      \(directory)/client.pem  with client-key.pem: \(clientName)
      """)
  }

  private func subjectAlternativeName(_ name: String) throws -> String {
    switch try ServerReference(name) {
    case .dnsName(let name): "DNS:\(name)"
    case .ipAddress: "IP:\(name)"
    }
  }
}
