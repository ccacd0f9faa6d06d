import Handfast
import HandfastTestKit
import HandfastTrust
import Testing

@Test func `client and server authenticate each other and exchange data`() throws {
  let pki = try DevelopmentPKI()
  let serverIdentity = try pki.issue(.server("server.example"))
  let clientIdentity = try pki.issue(.client("alice"))
  var clientConfiguration = ClientConfiguration(trust: try pki.trust)
  clientConfiguration.identities = .these([clientIdentity])
  let client = try TLSClient(clientConfiguration)
  let server = try TLSServer(
    ServerConfiguration(identity: serverIdentity, clientAuthentication: .required(try pki.trust)))
  var pair = try InMemoryPair(client, server)

  pair.run()

  let isComplete = (pair.client.isHandshakeComplete, pair.server.isHandshakeComplete)
  #expect(isComplete.0 && isComplete.1)
  try pair.send(Array("hello".utf8), from: .client)
  try pair.send(Array("welcome".utf8), from: .server)
  #expect(pair.serverReceived == Array("hello".utf8))
  #expect(pair.clientReceived == Array("welcome".utf8))
}
