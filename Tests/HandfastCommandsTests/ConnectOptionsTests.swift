import ArgumentParser
import Foundation
import Handfast
import HandfastCore
import HandfastWire
import TestTurns
import Testing

@testable import HandfastCommands

@Suite(.inTurn) struct ConnectOptionsTests {
  @Test(arguments: [
    ("localhost:4433", "localhost", 4433), ("127.0.0.1:1", "127.0.0.1", 1), ("[::1]:65535", "::1", 65_535),
  ]) func `a target is a host and a port`(text: String, host: String, port: Int) throws {
    let target = try #require(Target(argument: text))
    #expect(target.host == host && target.port == port)
    #expect(target.description == text)
  }

  @Test(arguments: ["localhost", ":1", "a:0", "a:65536", "a:b", "::1:443", "[a]:443", "[::1]", "a:-1", ""])
  func `what is no target is refused`(text: String) { #expect(Target(argument: text) == nil) }

  @Test(arguments: ["connect", "check"]) func `a target without a port is told to have one`(command: String) throws {
    let error = #expect(throws: (any Error).self) { _ = try HandfastCommand.parseAsRoot([command, "a.example"]) }
    let found = try #require(error)
    let complaint = try #require(HandfastCommand.complaint(about: found))
    #expect(complaint.contains("the port is missing") && complaint.contains("a.example:443"))
  }

  @Test func `suites go by their registered names, with or without TLS_`() {
    #expect(SuiteArgument(argument: "TLS_RSA_WITH_AES_128_GCM_SHA256")?.suite == .rsaWithAES128GCMSHA256)
    #expect(
      SuiteArgument(argument: "ecdhe_ecdsa_with_aes_128_gcm_sha256")?.suite == .ecdheECDSAWithAES128GCMSHA256)
    #expect(SuiteArgument(argument: "TLS_RSA_WITH_RC4_128_SHA") == nil)
  }

  @Test func `groups go by their registered names or by NIST's`() {
    #expect(GroupArgument(argument: "X25519")?.group == .x25519)
    #expect(GroupArgument(argument: "P-256")?.group == .secp256r1)
    #expect(GroupArgument(argument: "secp521r1")?.group == .secp521r1)
    #expect(GroupArgument(argument: "X25519MLKEM768")?.group == .x25519MLKEM768)
    #expect(GroupArgument(argument: "secp256r1mlkem768")?.group == .secp256r1MLKEM768)
    #expect(GroupArgument.allValueStrings.compactMap { GroupArgument(argument: $0)?.group } == .recommended)
    #expect(GroupArgument(argument: "ffdhe2048") == nil)
  }

  @Test(arguments: [
    ["serve"], ["serve", "--peer-key", "a"], ["serve", "--raw-key", "a", "--require-client-cert"],
    ["serve", "--raw-key", "a", "--peer-key", "b", "--crl", "c"], ["connect", "a:1", "--peer-key", "b", "--ocsp"],
    ["serve", "--raw-key", "a", "--ocsp-staple", "b"], ["serve", "--raw-key", "a", "--server-name", "b"],
    ["serve", "--cert", "a"],
    ["serve", "--cert", "a", "--key", "b", "--require-client-cert"],
    [
      "serve", "--cert", "a", "--key", "b", "--client-ca", "c", "--require-client-cert", "--optional-client-cert",
    ],
    ["serve", "--cert", "a", "--key", "b", "--once", "--connections", "2"],
    ["serve", "--cert", "a", "--key", "b", "--connections", "0"],
    ["serve", "--cert", "a", "--key", "b", "--port", "65536"],
    ["serve", "--cert", "a", "--key", "b", "--handshake-seconds", "0"], ["connect"], ["connect", "a"],
    ["connect", "a:1", "--cert", "a"], ["connect", "a:1", "--max-fragment-length", "100"],
    ["connect", "a:1", "--suite", "none"], ["connect", "a:1", "--trace-file", "t"],
    ["connect", "a:1", "--version", "1.4"], ["connect", "a:1", "--version", "1.3,"],
    ["connect", "a:1", "--trace", "loud"], ["connect", "a:1", "--resume", "-1"],
    ["connect", "a:1", "--resume", "0", "--early-data", "f"],
    ["connect", "a:1", "--version", "1.2", "--early-data", "f"],
    ["connect", "a:1", "--version", "1.2", "--update-keys"], ["connect", "a:1", "--version", "1.2", "--padding", "10"],
    ["connect", "a:1", "--padding", "0"], ["connect", "a:1", "--padding", "16385"],
    ["connect", "a:1", "--record-size-limit", "63"], ["connect", "a:1", "--record-size-limit", "16386"],
    ["serve", "--cert", "a", "--key", "b", "--tickets", "9"],
    ["serve", "--cert", "a", "--key", "b", "--no-tickets", "--tickets", "1"],
    ["serve", "--cert", "a", "--key", "b", "--no-tickets", "--ticket-keys", "f"],
    ["serve", "--cert", "a", "--key", "b", "--no-tickets", "--early-data", "100"],
    ["serve", "--cert", "a", "--key", "b", "--tickets", "0", "--early-data", "100"],
    ["serve", "--cert", "a", "--key", "b", "--version", "1.2", "--early-data", "100"],
    ["serve", "--cert", "a", "--key", "b", "--early-data", "0"],
    ["serve", "--cert", "a", "--key", "b", "--www", "--exec", "cat"],
    ["serve", "--cert", "a", "--key", "b", "--www", "--echo"],
    ["serve", "--cert", "a", "--key", "b", "--server-name", "a b"],
  ]) func `contradictions are found before anything is done`(arguments: [String]) {
    let error = #expect(throws: (any Error).self) { try HandfastCommand.parseAsRoot(arguments) }
    #expect(error.map { HandfastCommand.exitCode(for: $0) } == ExitStatus.usage.exitCode)
  }

  @Test func `versions are both, or those that are named, in any way`() throws {
    func versions(_ arguments: String...) throws -> [ProtocolVersion] {
      try ConnectionOptions.parse(arguments).versions
    }
    #expect(try versions() == [.tls13, .tls12])
    #expect(try versions("--version", "1.2") == [.tls12])
    #expect(try versions("--version", "1.2,1.3") == [.tls12, .tls13])
    #expect(try versions("--version", "1.3", "--version", "1.2") == [.tls13, .tls12])
  }

  @Test func `suites of TLS 1.3 have names, too`() {
    #expect(SuiteArgument(argument: "TLS_AES_128_GCM_SHA256")?.suite == .aes128GCMSHA256)
    #expect(SuiteArgument(argument: "chacha20_poly1305_sha256")?.suite == .chaCha20Poly1305SHA256)
  }

  @Test func `--exec takes the rest of the line, options of the command included`() throws {
    let words = ["serve", "--cert", "a", "--key", "b", "--exec", "wc", "-c", "--version"]
    let command = try #require(try HandfastCommand.parseAsRoot(words) as? ServeCommand)
    #expect(command.exec == ["wc", "-c", "--version"])
  }

  @Test func `the certificate that was not sent has a reason`() {
    #expect(OwnCertificate(nil, nil).text.contains("asked for none"))
    let nothing = Choice(.clientIdentity, chosen: nil, rule: "")
    #expect(OwnCertificate(nil, nothing).text.contains("none was given"))
    let misfit = Choice(
      .clientIdentity, chosen: nil, rule: "",
      candidates: [.init("CN=a", .issuerNotAmongAuthorities(issuer: "CN=b"))])
    #expect(OwnCertificate(nil, misfit).text.contains("CN=a: its issuer (CN=b) is not among"))
  }

  @Test func `what fails is told by its exit status`() throws {
    func failure(_ error: TLSError) -> TLSFailure {
      TLSFailure(side: .client, step: .awaitingServerHello, error: error, alertSent: nil, knowledge: .init())
    }
    #expect(status(of: failure(.alertReceived(.handshakeFailure))) == .refusedByPeer)
    #expect(status(of: failure(.truncated)) == .truncated)
    #expect(status(of: failure(.handshakeTimedOut(seconds: 1))) == .timedOut)
    #expect(status(of: failure(.noCommonGroup(offered: []))) == .peerRefused)
    #expect(status(of: ConfigurationError.noGroups) == .usage)
    #expect(status(of: CommandError("", .noInput)) == .noInput)
    #expect(Set(ExitStatus.allCases.map(\.rawValue)).count == ExitStatus.allCases.count)
  }

  @Test func `a missing file is named, and so is one without a certificate`() throws {
    #expect {
      _ = try TrustStore("/nowhere/root.pem")
    } throws: { error in
      (error as? CommandError)?.description == "/nowhere/root.pem: no such file"
    }
    let folder = FileManager.default.temporaryDirectory.path
    #expect {
      _ = try TrustStore(folder)
    } throws: { error in
      (error as? CommandError)?.description == "\(folder): this is a folder, not a file"
    }
    let empty = FileManager.default.temporaryDirectory.appendingPathComponent("handfast-\(UUID().uuidString).pem")
    try Data().write(to: empty)
    defer { try? FileManager.default.removeItem(at: empty) }
    #expect {
      _ = try TrustStore(empty.path)
    } throws: { error in
      (error as? CommandError)?.status == .badInput
    }
  }
}
