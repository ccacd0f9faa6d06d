import HandfastCore
import HandfastCrypto
import HandfastTestKit
import HandfastWire
import Testing

/// Known answers from OpenSSL 3.0's TLS1-PRF (`openssl kdf`) and, for the same inputs, from a script over Python's `hmac`.
@Suite("The key schedule of TLS 1.2") struct KeySchedule12Tests {
  private static let preMaster = [UInt8](0..<32)
  private static let randoms = HelloRandoms(
    client: (0..<32).map { 0xc0 + UInt8($0 % 16) }, server: (0..<32).map { 0x50 + UInt8($0 % 16) })
  private let provider = DefaultCryptoProvider()

  struct Answers: Sendable, CustomTestStringConvertible {
    let suite: CipherSuite
    let master: String
    let extendedMaster: String
    let keyBlock: String
    let clientFinished: String
    let serverFinished: String
    let exported: String
    let exportedWithContext: String

    var testDescription: String { "\(suite)" }
  }

  private static let sha256 = (
    master: "c5645314a5c5eda5a3f0a689abafc0f27db6cd6bdb0e15089932d642ac6857bdbbda84510c884f968eab1ace9cc784cc",
    extended: "08c57243a4862f4c185b0cacc6294ca503e0d7faf36b4f6a53c7114a4f2cbd031dd7de18962373e6009459baa3926d03",
    exported: "5367b38959347e6b5ec3f8324a9ee9796ea01bb9b6d769f9d8fe42af040e0fa71d176a534730c6ab",
    withContext: "8d9b0ac1cd85faba3b6225fc129f72c5c3f64dc9f7b8766ac6a2bd7c2c25cc0dc64dda43075095aa"
  )

  private static let answers = [
    Answers(
      suite: .ecdheECDSAWithAES128GCMSHA256, master: sha256.master, extendedMaster: sha256.extended,
      keyBlock: "49137b8fb9f3ccbf0f210e02f5a5ae656c59d455cc0a77b8da5f31ab579e84f3b3f9da0ad855862e",
      clientFinished: "cb8d90fc1626f048e61d7487", serverFinished: "f502a6f5b3a0f73b64af7d38",
      exported: sha256.exported, exportedWithContext: sha256.withContext),
    Answers(
      suite: .ecdheRSAWithAES256GCMSHA384,
      master: "92ba3d1d030a62bca3be8d7d613bfa806ef64e5d10dabb55ce7e22ba3196df3b32748313c2e8ddc93062d07f400e9b47",
      extendedMaster:
        "f04dd663bcc883c78119505b3f074220212035a15438bff61b7e0910156c547826be8062db5776eed0abb15cd75dab47",
      keyBlock: "5abd6a76c11a30ae0a7bacb2e164066038fa381259b3d62be6a5f14455cbc5b670f8f23ef10fb3289c30f56098850494"
        + "5b872dc5ebf36f679e92b6add49945ff81b66bf303beb155",
      clientFinished: "bd1f1c16b405c3c86a0fa3bc", serverFinished: "ea0c78491c7666cb6d863f3f",
      exported: "b94dfec2eb629c225816d52bb8d4d2dccf78b32101e946701d48ea1ee584cc81b0cfce4ba08ea665",
      exportedWithContext: "2b3e2ee3ee1533fc7facf1b690a6447554416e506366989f9aeaa0bcf2feb131e527335316bca3cd"),
    Answers(
      suite: .ecdheECDSAWithChaCha20Poly1305SHA256, master: sha256.master, extendedMaster: sha256.extended,
      keyBlock: "49137b8fb9f3ccbf0f210e02f5a5ae656c59d455cc0a77b8da5f31ab579e84f3b3f9da0ad855862ead50b3d626700c02"
        + "7ea39cdb3686cfe8adeaf2bacb7406d5ac472a97293599db9b0cb72d48dc8cd88581ebccc2c2c48c",
      clientFinished: "cb8d90fc1626f048e61d7487", serverFinished: "f502a6f5b3a0f73b64af7d38",
      exported: sha256.exported, exportedWithContext: sha256.withContext),
  ]

  private func master(
    _ suite: CipherSuiteParameters, sessionHash: [UInt8]?, _ sink: CapturingSink, _ out: inout HandshakeOutput
  ) -> MasterSecret12 {
    MasterSecret12(
      from: PreMasterSecret(Secret(Self.preMaster), by: .rsa), suite: suite,
      randoms: Self.randoms, sessionHash: sessionHash, provider: provider, sink: sink, &out)
  }

  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  @Test("gives the known answers", arguments: answers)
  func knownAnswers(answers: Answers) throws {
    let suite = try #require(CipherSuiteParameters(answers.suite))
    let hash = rawDigest(provider, suite.hash, Array("transcript".utf8))
    let sink = CapturingSink()
    var out = HandshakeOutput(isTracing: true, limits: Limits(), provider: provider)
    let master = master(suite, sessionHash: nil, sink, &out)
    _ = try master.connectionKeys(recordsPerKey: nil, sink: sink, &out)
    #expect(hex(try #require(sink.bytes(of: .masterSecret))) == answers.master)
    #expect(hex(try #require(sink.bytes(of: .keyBlock))) == answers.keyBlock)
    let (client, server) = (
      master.verifyData(of: .client, transcriptHash: hash.span),
      master.verifyData(of: .server, transcriptHash: hash.span)
    )
    #expect(hex([UInt8](copying: client.span)) == answers.clientFinished)
    #expect(hex([UInt8](copying: server.span)) == answers.serverFinished)
    let exported = master.export(label: "EXPORTER-label", context: nil, byteCount: 40)
    let withContext = master.export(label: "EXPORTER-label", context: Array("abc".utf8), byteCount: 40)
    #expect(hex(exported) == answers.exported)
    #expect(hex(withContext) == answers.exportedWithContext)

    _ = self.master(suite, sessionHash: hash, sink, &out)
    #expect(hex(try #require(sink.bytes(of: .masterSecret))) == answers.extendedMaster)
  }

  @Test("tells how each secret is made, by name and length", arguments: answers)
  func facts(answers: Answers) throws {
    let suite = try #require(CipherSuiteParameters(answers.suite))
    var out = HandshakeOutput(isTracing: true, limits: Limits(), provider: provider)
    let hash = [UInt8](repeating: 0, count: suite.hash.byteCount)
    let master = master(suite, sessionHash: hash, CapturingSink(), &out)
    _ = try master.connectionKeys(recordsPerKey: nil, sink: nil, &out)
    let facts = out.takeEvents().compactMap { if case .derivedSecret(let fact) = $0 { fact } else { nil } }
    #expect(facts.map(\.name) == [.preMasterSecret, .masterSecret, .keyBlock])
    #expect(facts.map(\.label) == [nil, "extended master secret", "key expansion"])
    #expect(facts.map(\.byteCount) == [32, 48, answers.keyBlock.count / 2])
    #expect(
      facts[1].inputs == [NamedInput("pre-master secret", 32), NamedInput("session_hash", hash.count, value: hash)])
    #expect(facts[2].parts.map(\.byteCount).reduce(0, +) == facts[2].byteCount)
    #expect(
      facts[2].parts.map(\.name) == ["client_write_key", "server_write_key", "client_write_IV", "server_write_IV"])
  }
}
