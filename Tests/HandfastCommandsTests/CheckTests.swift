import ArgumentParser
import Foundation
import Handfast
import HandfastCore
import HandfastInspect
import HandfastNIO
import HandfastTrust
import NIOCore
import NIOPosix
import TestTurns
import Testing

@testable import HandfastCommands

/// Each survey asks a real server over sockets on the loopback interface.
@Suite(.inTurn) struct CheckTests {
  /// A server, the files that fit it, and what was said of it.
  private final class Bench {
    let folder: TemporaryFolder
    let pki: DevelopmentPKI
    private(set) var listener: SecureListener?

    init() throws {
      folder = try TemporaryFolder()
      pki = try DevelopmentPKI(name: "Bench")
      try folder.write(pki.rootPEM, as: "root.pem")
      try issue(.client("alice"), as: "alice")
    }

    @discardableResult func issue(_ request: LeafRequest, as name: String) throws -> [String] {
      let issued = try pki.issueWithPEM(request)
      try folder.write(issued.certificateChainPEM, as: "\(name).pem")
      try folder.write(issued.privateKeyPEM, as: "\(name)-key.pem")
      return certificate(name)
    }

    func certificate(_ name: String) -> [String] {
      ["--cert", "\(folder.path)/\(name).pem", "--key", "\(folder.path)/\(name)-key.pem"]
    }

    var root: [String] { ["--ca", "\(folder.path)/root.pem"] }

    func serve(
      _ authentication: ClientAuthentication? = nil, _ bend: (inout ServerConfiguration) -> Void = { _ in }
    ) async throws {
      var configuration = ServerConfiguration(
        identity: try pki.issue(.server("localhost", "127.0.0.1")),
        clientAuthentication: try authentication ?? .required(pki.trust))
      configuration.limits.handshakeSeconds = 1200
      bend(&configuration)
      let listener = try await SecureListener.bind(try TLSServer(configuration))
      self.listener = listener
      Task {
        for await connection in listener {
          while (try? await connection.read()) != nil {}
          try? await connection.close()
        }
      }
    }

    func check(_ arguments: [String]) async throws -> SurveyReport {
      let port = try #require(listener?.port)
      // A machine that runs all tests at once may be slow; nothing here waits for time to pass.
      return try await CheckCommand.parse(["127.0.0.1:\(port)", "--seconds", "1200"] + arguments).survey()
    }
  }

  @Test func `what a server accepts is found by asking, in its own order`() async throws {
    let bench = try Bench()
    try await bench.serve { configuration in
      configuration.cipherSuites = [
        .ecdheECDSAWithChaCha20Poly1305SHA256, .ecdheECDSAWithAES128GCMSHA256, .aes256GCMSHA384, .aes128GCMSHA256,
      ]
      configuration.groups = [.secp384r1, .x25519MLKEM768, .x25519, .secp256r1]
      configuration.applicationProtocols = ["b", "a"]
    }
    let survey = try await bench.check(bench.root + ["--alpn", "a", "--alpn", "b", "--alpn", "c"]).survey
    #expect(survey.versions.filter { $0.refusal == nil }.map(\.version) == [.tls13, .tls12])
    #expect(survey.suites13.values == [.aes256GCMSHA384, .aes128GCMSHA256])
    #expect(survey.groups13.values == [.secp384r1, .x25519MLKEM768, .x25519, .secp256r1])
    #expect(survey.suites13.gap == nil && survey.groups13.gap == nil)
    #expect(survey.versions.count == 4)
    #expect(survey.suites.values == [.ecdheECDSAWithChaCha20Poly1305SHA256, .ecdheECDSAWithAES128GCMSHA256])
    #expect(survey.suites.gap == nil && survey.foreignSuite == nil)
    #expect(survey.groups.values == [.secp384r1, .x25519, .secp256r1])
    #expect(survey.protocols.values == ["b", "a"])
    #expect(survey.chain.map(\.subject) == ["CN=localhost", "CN=Bench Intermediate"])
  }

  @Test func `with a certificate that fits, the whole handshake is tried and works`() async throws {
    let bench = try Bench()
    try await bench.serve()
    let report = try await bench.check(bench.root + bench.certificate("alice"))
    #expect(report.needs.isEmpty, "\(report.needs)")
    #expect(report.status == .success)
    #expect(report.survey.bare?.alertReceived == .certificateRequired)
    #expect(report.survey.mutual?.isConfirmed == true)
    #expect(report.survey.mutual?.isComplete == true)
    let text = NarrativeRenderer(width: 100).render(report.lines)
    #expect(text.contains("A mutual handshake works."))
    #expect(text.contains("CN=alice (ECDSA secp256r1): this one is sent"))
  }

  @Test func `without a certificate it says which one the server would take`() async throws {
    let bench = try Bench()
    try await bench.serve()
    let report = try await bench.check(bench.root)
    #expect(report.status == .refusedByPeer)
    #expect(report.survey.mutual == nil)
    let need = try #require(report.needs.first?.text)
    #expect(need.contains("ECDSA P-256 or") && need.contains("CN=Bench Root") && need.contains("clientAuth"))
  }

  @Test func `of several certificates it says which is sent and what rules out the others`() async throws {
    let bench = try Bench()
    let elsewhere = try DevelopmentPKI(name: "Elsewhere").issueWithPEM(.client("stranger"))
    try bench.folder.write(elsewhere.certificateChainPEM, as: "stranger.pem")
    try bench.folder.write(elsewhere.privateKeyPEM, as: "stranger-key.pem")
    try bench.issue(.client("rsa", keyKind: .rsa(bits: 2048)), as: "rsa")
    try await bench.serve { $0.signatureSchemes = [.ecdsaSecp256r1SHA256] }
    let report = try await bench.check(
      bench.root + bench.certificate("stranger") + bench.certificate("rsa") + bench.certificate("alice"))
    #expect(
      report.survey.candidates.map(\.ruledOut) == [
        .issuerNotAmongAuthorities(issuer: "CN=Elsewhere Root"), .noCommonSignatureScheme, nil,
      ])
    #expect(report.status == .success)
  }

  @Test func `a certificate that is no client's is named before it fails, and fails`() async throws {
    let bench = try Bench()
    try bench.issue(.server("wrong.example"), as: "wrong")
    try await bench.serve()
    let report = try await bench.check(bench.root + bench.certificate("wrong"))
    #expect(report.survey.unfitness.first?.contains { $0.contains("clientAuth") } == true)
    #expect(report.survey.mutual?.alertReceived == .unsupportedCertificate)
    #expect(report.status == .refusedByPeer)
  }

  @Test func `a server that is not trusted is told why, and never gets the certificate`() async throws {
    let bench = try Bench()
    try bench.folder.write(try DevelopmentPKI(name: "Other").rootPEM, as: "other.pem")
    try await bench.serve()
    let report = try await bench.check(["--ca", "\(bench.folder.path)/other.pem"] + bench.certificate("alice"))
    #expect(report.status == .peerRefused)
    #expect(report.survey.mutual == nil)
    #expect(report.survey.chosen != nil)
    #expect(report.needs.first?.text.contains("CN=Bench Root") == true)
  }

  @Test func `a server with another name is refused for it`() async throws {
    let bench = try Bench()
    try await bench.serve()
    let report = try await bench.check(bench.root + ["--server-name", "elsewhere.example"])
    #expect(report.status == .peerRefused)
    guard case .rejected(let peer)? = report.survey.verdict else {
      Issue.record("trusted")
      return
    }
    #expect(peer.rejection.reason == .wrongName)
  }

  @Test func `a server that asks nobody for a certificate cannot be mutual`() async throws {
    let bench = try Bench()
    try await bench.serve(ClientAuthentication.none)
    let report = try await bench.check(bench.root + bench.certificate("alice"))
    #expect(report.survey.certificateRequest == nil)
    #expect(report.survey.bare?.isComplete == true)
    #expect(report.status == .refusedByPeer)
    #expect(report.needs.map(\.text).contains { $0.contains("nothing is mutual") })
  }

  @Test func `a server that lets in clients without a certificate is told apart`() async throws {
    let bench = try Bench()
    try await bench.serve(.optional(bench.pki.trust))
    let survey = try await bench.check(bench.root).survey
    #expect(survey.certificateRequest != nil)
    #expect(survey.bare?.isComplete == true)
  }

  @Test func `no more connections are made than allowed, and what is missing is said`() async throws {
    let bench = try Bench()
    try await bench.serve()
    let report = try await bench.check(bench.root + ["--connections", "6"])
    #expect(report.survey.connections == 6)
    #expect(report.survey.groups13.gap != nil && report.survey.groups.gap != nil)
    #expect(report.survey.bare == nil)
  }

  @Test func `a server of TLS 1.2 only is surveyed as ever`() async throws {
    let bench = try Bench()
    try await bench.serve { $0.versions = [.tls12] }
    let report = try await bench.check(bench.root + bench.certificate("alice"))
    #expect(report.survey.versions.filter { $0.refusal == nil }.map(\.version) == [.tls12])
    #expect(report.survey.suites13.values.isEmpty && report.survey.groups13.values.isEmpty)
    #expect(report.survey.certificateRequest?.version == .tls12)
    #expect(report.survey.bare?.alertReceived == .handshakeFailure)
    #expect(report.survey.mutual?.negotiated?.version == .tls12)
    #expect(report.status == .success)
  }

  @Test func `a server of TLS 1.3 only shows its chain and its wishes in a whole handshake`() async throws {
    let bench = try Bench()
    try await bench.serve { $0.versions = [.tls13] }
    let report = try await bench.check(bench.root + bench.certificate("alice"))
    #expect(report.survey.versions.filter { $0.refusal == nil }.map(\.version) == [.tls13])
    #expect(report.survey.suites.values.isEmpty)
    #expect(report.survey.chain.map(\.subject) == ["CN=localhost", "CN=Bench Intermediate"])
    #expect(report.survey.certificateRequest?.version == .tls13)
    #expect(report.survey.certificateRequest?.accepted.authorities.count == 1)
    #expect(report.status == .success, "\(report.needs)")
  }

  @Test(arguments: [2, 0])
  func `a late rejection is found, with tickets and without`(tickets: Int) async throws {
    let bench = try Bench()
    // Of a root of the same name, so that it is sent.
    let twin = try DevelopmentPKI(name: "Bench").issueWithPEM(.client("mallory"))
    try bench.folder.write(twin.certificateChainPEM, as: "mallory.pem")
    try bench.folder.write(twin.privateKeyPEM, as: "mallory-key.pem")
    try await bench.serve { configuration in
      configuration.versions = [.tls13]
      configuration.ticketCount = tickets
    }
    let refused = try await bench.check(bench.root + bench.certificate("mallory"))
    #expect(refused.survey.mutual?.isComplete == false)
    #expect(refused.survey.mutual?.failure?.step == .awaitingConfirmation)
    #expect(refused.status == .refusedByPeer)
    let accepted = try await bench.check(bench.root + bench.certificate("alice"))
    #expect(accepted.survey.mutual?.isConfirmed == true)
    #expect(accepted.status == .success)
  }

  @Test func `a handshake without word of acceptance is not called accepted`() throws {
    let text = TrialText.text(isConfirmed: false)
    #expect(text.contains("may still refuse") && text.contains("as far as this side can tell"))
    #expect(!TrialText.text(isConfirmed: true).contains("may still refuse"))
  }

  @Test func `certificate filters are said`() async throws {
    let bench = try Bench()
    // extendedKeyUsage with clientAuth.
    let filter = CertificateFilter(
      oid: [0x06, 0x03, 0x55, 0x1d, 0x25],
      values: [0x30, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02])
    try await bench.serve { $0.oidFilters = [filter] }
    let report = try await bench.check(bench.root + bench.certificate("alice"))
    #expect(report.survey.certificateRequest?.accepted.filters.map(\.oid) == [filter.oid])
    #expect(report.status == .success, "\(report.needs)")
    let text = NarrativeRenderer(width: 100).render(report.lines)
    #expect(text.contains("1 certificate extension asked for"))
  }

  @Test func `nobody there is an error of the network, in one line`() async throws {
    let bench = try Bench()
    try await bench.serve()
    let port = try #require(bench.listener?.port)
    await bench.listener?.close()
    let error = await #expect(throws: CommandError.self) {
      try await CheckCommand.parse(["127.0.0.1:\(port)"] + bench.root).survey()
    }
    #expect(error?.status == .unavailable)
    #expect(error?.description.contains("\n") == false)
  }

  @Test(arguments: [
    ("HTTP/1.1 400 Bad Request\r\n\r\n", "is no TLS"), ("", "without a word"), (nil, "nothing in time"),
  ])
  func `what is no TLS server is asked once, and said to be none`(_ answer: String?, _ reason: String) async throws {
    let bench = try Bench()
    let other = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Blurting(answer)) }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let port = try #require(other.localAddress?.port)
    let seconds = answer == nil ? "1" : "1200"
    let report = try await CheckCommand.parse(["127.0.0.1:\(port)", "--seconds", seconds] + bench.root).survey()
    try await other.close()
    #expect(report.survey.connections == 1)
    #expect(report.status == .refusedByPeer)
    #expect(report.needs.map(\.text).contains { $0.contains("A TLS server") && $0.contains(reason) }, "\(report.needs)")
  }

  @Test func `the JSON says what the text says`() async throws {
    let bench = try Bench()
    try await bench.serve()
    let report = try await bench.check(bench.root + bench.certificate("alice"))
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(try report.json().utf8)) as? [String: Any])
    #expect(object["works"] as? Bool == true)
    #expect((object["needs"] as? [String])?.isEmpty == true)
    #expect((object["certificateRequest"] as? [String: Any])?["authorities"] as? [String] == ["CN=Bench Root"])
    #expect((object["judgement"] as? [String: Any])?["trusted"] as? Bool == true)
  }

  @Test(arguments: [
    [], ["x"], ["localhost:1", "--cert", "a"], ["localhost:1", "--connections", "1000"],
    ["--as-server", "--server-name", "a"], ["localhost:1", "--seconds", "0"], ["localhost:1", "--alpn", ""],
  ])
  func `a command line that makes no sense is refused`(_ arguments: [String]) {
    #expect(throws: (any Error).self) { try CheckCommand.parse(arguments) }
  }
}

/// A report on a trial that nobody made.
private enum TrialText {
  static func text(isConfirmed: Bool) -> String {
    var survey = PeerSurvey()
    survey.versions = [(.tls13, nil)]
    survey.suites13.values = [.aes128GCMSHA256]
    survey.verdict = .trusted(TrustedPeer(presented: [], path: [], checks: [], key: nil))
    let wish = ClientIdentityRequest(certificateTypes: [], signatureSchemes: [.ed25519], authorities: [])
    survey.requests = [.init(version: .tls13, accepted: wish)]
    survey.chosen = try? DevelopmentPKI().issue(.client("alice"))
    let settled = NegotiatedParameters(
      version: .tls13, cipherSuite: .aes128GCMSHA256, group: .x25519, serverSignatureScheme: .ed25519,
      clientSignatureScheme: .ed25519, applicationProtocol: nil, serverName: nil, usesExtendedMasterSecret: true,
      usesSecureRenegotiation: true, maxFragmentLength: nil)
    survey.mutual = .init(negotiated: settled, failure: nil, networkError: nil, isConfirmed: isConfirmed)
    guard let reference = try? ServerReference("localhost") else { return "" }
    let report = SurveyReport(
      target: "localhost:1", reference: reference, trustName: "test", hasIdentities: true, survey: survey)
    return NarrativeRenderer(width: 200).render(report.lines)
  }
}

/// Says one thing to whoever connects, and hangs up; nil: says nothing, and waits.
private final class Blurting: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer
  private let answer: String?

  init(_ answer: String?) { self.answer = answer }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard let answer else { return }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
    context.close(promise: nil)
  }
}

/// `check --as-server`, visited by clients of our own.
@Suite(.inTurn) struct CheckAsServerTests {
  private static func visit(
    _ pki: DevelopmentPKI, serverTrust: Trust? = nil, identities: [Identity]? = nil,
    _ bend: @escaping @Sendable (inout ClientConfiguration) throws -> Void = { _ in }
  ) async throws -> ClientReport {
    let watch = ClientWatch(
      host: "127.0.0.1", port: 0, identities: try identities ?? [pki.issue(.server("localhost"))],
      trust: try serverTrust ?? pki.trust, announcesAuthorities: true, protocols: ["h2"], count: 1, seconds: 1200)
    var configuration = ClientConfiguration(trust: try pki.trust)
    try bend(&configuration)
    let client = try TLSClient(configuration)
    var report: ClientReport?
    let seen = try await watch.run { host, port in
      Task {
        let connection = try? await SecureConnection.connect(
          client, host: host, port: port, as: try ServerReference("localhost"))
        try? await connection?.close()
      }
    } onClient: {
      report = ClientReport(client: $0, trustName: "test")
    }
    #expect(seen == 1)
    return try #require(report)
  }

  @Test func `a client with a fitting certificate is let in, and its offers are told`() async throws {
    let pki = try DevelopmentPKI(name: "Watch")
    let alice = try pki.issue(.client("alice"))
    let report = try await Self.visit(pki) { configuration in
      configuration.identities = .these([alice])
      configuration.applicationProtocols = ["h2"]
    }
    #expect(report.status == .success)
    let text = NarrativeRenderer(width: 100).render(report.lines)
    for part in [
      "server_name    localhost", "x25519", "CN=alice", "It has proved", "A mutual handshake works.",
      "version: TLS 1.3", "key shares     X25519MLKEM768",
    ] {
      #expect(text.contains(part), "\(part)")
    }
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(try report.json().utf8)) as? [String: Any])
    #expect(object["works"] as? Bool == true && object["provedKey"] as? Bool == true)
  }

  @Test func `a client of TLS 1.2 is served in it`() async throws {
    let pki = try DevelopmentPKI(name: "Watch")
    let alice = try pki.issue(.client("alice"))
    let report = try await Self.visit(pki) { configuration in
      configuration.identities = .these([alice])
      configuration.versions = [.tls12]
    }
    #expect(report.status == .success)
    let text = NarrativeRenderer(width: 100).render(report.lines)
    #expect(text.contains("extended master secret: yes") && !text.contains("key shares"))
  }

  @Test func `a client of TLS 1.3 that trusts anyone's ECDSA certificate gets one made for it`() async throws {
    let pki = try DevelopmentPKI(name: "Watch")
    let report = try await Self.visit(pki, identities: []) { $0.versions = [.tls13] }
    let judged = report.client.events.contains { event in
      if case .chose(let choice) = event { choice.chosen?.contains("ECDSA") == true } else { false }
    }
    #expect(judged)
    #expect(report.status == .refusedByPeer)
  }

  @Test func `a client without a certificate is told that it needs one`() async throws {
    let report = try await Self.visit(try DevelopmentPKI(name: "Watch"))
    #expect(report.status == .peerRefused)
    #expect(report.needs.first?.contains("sent none") == true)
  }

  @Test func `a client that is not trusted is let in to see all of it, and refused in the report`() async throws {
    let pki = try DevelopmentPKI(name: "Watch")
    let elsewhere = try DevelopmentPKI(name: "Elsewhere")
    // Issued under a root of the same name, so that the client believes that it is wanted.
    let twin = try DevelopmentPKI(name: "Elsewhere").issue(.client("mallory"))
    let report = try await Self.visit(pki, serverTrust: elsewhere.trust) { $0.identities = .these([twin]) }
    #expect(report.client.failure == nil)
    #expect(report.status == .peerRefused)
    #expect(report.needs.first?.contains("trusted here") == true)
  }

  @Test func `a client that refuses this side is told with its alert`() async throws {
    let pki = try DevelopmentPKI(name: "Watch")
    let report = try await Self.visit(pki, identities: [])
    #expect(report.status == .refusedByPeer)
    #expect(report.needs.first?.contains("unknown_ca") == true)
  }
}

@Suite(.inTurn) struct ProbeAnswerTests {
  /// ServerHello, Certificate, ServerKeyExchange, CertificateRequest and ServerHelloDone of a real server.
  static let bytes: [UInt8] = {
    guard let pki = try? DevelopmentPKI(), let identity = try? pki.issue(.server("localhost")),
      let trust = try? pki.trust,
      let server = try? TLSServer(ServerConfiguration(identity: identity, clientAuthentication: .required(trust)))
    else { return [] }
    var connection = server.accept()
    var hello = ProbeHello(serverName: "localhost").record ?? []
    let count = hello.count
    var span = hello.mutableSpan
    _ = try? connection.receive(&span, count: count)
    let owed = connection.owedByteCount
    return [UInt8](capacity: owed) { connection.writeOwed(into: &$0) }
  }()

  @Test func `everything that is said in clear is read`() {
    let answer = ProbeAnswer(Self.bytes)
    #expect(answer.isDone)
    #expect(answer.version == .tls12)
    #expect(answer.chain.count == 2)
    #expect(answer.keyExchange?.params.group == .x25519)
    #expect(answer.certificateRequest?.authorities.count == 1)
  }

  @Test func `no beginning of it is taken for the whole, and none traps`() {
    for count in Self.bytes.indices { #expect(!ProbeAnswer(Array(Self.bytes[..<count])).isDone, "\(count)") }
  }

  @Test func `damaged bytes end in an answer`() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      var bytes = Self.bytes
      for _ in 0..<3 { bytes[Int.random(in: bytes.indices, using: &generator)] = .random(in: .min ... .max) }
      _ = ProbeAnswer(bytes).refusal
    }
  }

  @Test func `what is no TLS is said to be none`() {
    let answer = ProbeAnswer(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
    #expect(answer.isForeign && answer.isDone)
    #expect(answer.refusal.contains("no TLS"))
  }
}
