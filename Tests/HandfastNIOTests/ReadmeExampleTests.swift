import Foundation
import Handfast
import HandfastNIO
import HandfastTrust
import TestTurns
import Testing

/// The README's example, run as it stands there. What lies between the marks must be the README's text.
@Suite(.inTurn) struct ReadmeExampleTests {
  @Test func `the example of the README runs`() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "handfast-readme-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let pki = try DevelopmentPKI()
    let server = try pki.issueWithPEM(.server("localhost"))
    let client = try pki.issueWithPEM(.client("client"))
    let files = [
      "root.pem": pki.rootPEM, "server.pem": server.certificateChainPEM, "server-key.pem": server.privateKeyPEM,
      "client.pem": client.certificateChainPEM, "client-key.pem": client.privateKeyPEM,
    ]
    for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }

    let answer = try await shakeHands(with: folder.path + "/")

    #expect(answer == "hello, CN=client")
  }

  @Test func `the README shows the example that the tests run`() throws {
    let here = URL(filePath: #filePath)
    let root = here.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
    let source = try String(contentsOf: here, encoding: .utf8)
    let parts = source.components(separatedBy: "// README\n")
    try #require(parts.count >= 3)
    #expect(readme.contains(parts[parts.count - 2]), "the example in README.md differs from the one tested here")
  }
}

// README
/// A server and a client that authenticate each other; the server greets the client by the name in its certificate.
func shakeHands(with folder: String) async throws -> String {
  func file(_ name: String) throws -> String { try String(contentsOfFile: folder + name, encoding: .utf8) }
  let trust = try Trust(rootsPEM: file("root.pem"))

  let server = try TLSServer(
    ServerConfiguration(
      identity: Identity(certificateChainPEM: file("server.pem"), privateKeyPEM: file("server-key.pem")),
      clientAuthentication: .required(trust)))
  let listener = try await SecureListener.bind(server, host: "127.0.0.1", port: 0)
  Task {
    for await connection in listener {
      let name = connection.peer?.presented.first?.subject ?? "nobody"
      try await connection.write("hello, \(name)".utf8)
      try await connection.close()
    }
  }

  var configuration = ClientConfiguration(trust: trust)
  configuration.identities = .these([
    try Identity(certificateChainPEM: file("client.pem"), privateKeyPEM: file("client-key.pem"))
  ])
  let client = try TLSClient(configuration)
  let connection = try await SecureConnection.connect(
    client, host: "127.0.0.1", port: listener.port, as: ServerReference("localhost"))
  print("\(connection.negotiated.cipherSuite), \(connection.peer?.presented.first?.subject ?? "nobody")")
  var answer = ""
  while let bytes = try await connection.read() { answer += String(buffer: bytes) }
  try await connection.close()
  await listener.close()
  return answer
}
// README
