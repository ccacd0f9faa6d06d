import ArgumentParser
import Foundation
import Handfast
import HandfastCore
import HandfastInspect
import HandfastTrust
import TestTurns
import Testing

@testable import HandfastCommands

@Suite(.inTurn) struct PKIMakeTests {
  @Test func `without a subcommand pki makes certificates`() throws {
    let command = try PKICommand.parseAsRoot(["--directory", "x", "--days", "7", "--client-name", "alice"])
    let make = try #require(command as? PKIMakeCommand)
    #expect(make.directory == "x" && make.notAfter == 7 && make.clientName == "alice")
    #expect(try PKICommand.parseAsRoot(["show", "f"]) is PKIShowCommand)
  }

  @Test func `six files are written, the keys for their owner's eyes only`() async throws {
    let folder = try TemporaryFolder()
    try await PKIMakeCommand.parse(["--directory", "\(folder.path)/new", "--server-name", "a.example"]).run()
    let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/new").sorted()
    #expect(
      names == [
        "client-key.pem", "client.pem", "intermediate.pem", "root.pem", "server-key.pem", "server.pem",
      ])
    for name in names {
      let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/new/\(name)")
      let mode = try #require(attributes[.posixPermissions] as? Int)
      #expect(mode == (name.hasSuffix("-key.pem") ? 0o600 : 0o644) || (mode & 0o077 == 0), "\(name)")
    }
  }

  @Test func `what was written is said in JSON too, each file where it is`() async throws {
    let folder = try TemporaryFolder()
    let command = try PKIMakeCommand.parse(["--directory", folder.path, "--keep-authority-keys", "--json"])
    let made = try command.makeCertificates()
    #expect(try JSONDecoder().decode(PKIMakeCommand.Made.self, from: Data(prettyJSON(made).utf8)) == made)
    let files =
      [made.root, made.intermediate, made.server.chain, made.server.key, made.client.chain, made.client.key]
      + made.authorityKeys
    #expect(Set(files).count == 8)
    #expect(files.allSatisfy { FileManager.default.fileExists(atPath: $0) })
    #expect(made.server.names == ["localhost", "127.0.0.1"] && made.client.names == ["client"])
  }

  @Test func `nothing is overwritten without force, and everything with it`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("mine", as: "client-key.pem")
    await #expect(throws: ExitStatus.cannotCreate.exitCode) {
      try await PKIMakeCommand.parse(["--directory", folder.path]).run()
    }
    #expect(try String(contentsOfFile: "\(folder.path)/client-key.pem", encoding: .utf8) == "mine")
    #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/root.pem"))
    try await PKIMakeCommand.parse(["--directory", folder.path, "--force"]).run()
    let key = "\(folder.path)/client-key.pem"
    #expect(try String(contentsOfFile: key, encoding: .utf8).contains("PRIVATE KEY"))
    #expect(try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions] as? Int == 0o600)
  }

  @Test(arguments: [
    ["--server-name", "not a name"], ["--client-name", ""], ["--not-after", "0"], ["--not-after", "99999"],
    ["--not-before", "5", "--not-after", "4"], ["--key-type", "dsa"],
  ])
  func `a command line that makes no sense is refused`(_ arguments: [String]) {
    #expect(throws: (any Error).self) { try PKIMakeCommand.parse(arguments) }
  }
}

@Suite(.inTurn) struct PKIShowTests {
  private static func make(_ arguments: [String] = []) async throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try await PKIMakeCommand.parse(["--directory", folder.path, "--server-name", "a.example"] + arguments).run()
    return folder
  }

  private static func show(_ folder: TemporaryFolder, _ arguments: String...) async throws -> CertificateFileReport {
    try await PKIShowCommand.parse(
      arguments.map { $0.hasSuffix(".pem") || $0.hasSuffix(".der") ? "\(folder.path)/\($0)" : $0 }
    ).report()
  }

  private static func text(_ report: CertificateFileReport) -> String {
    NarrativeRenderer(width: 118).render(report.lines)
  }

  private static func use(_ report: CertificateFileReport, _ role: ChainExplanation.Use.Role) throws
    -> ChainExplanation.Use
  {
    try #require(report.explanation.uses.first { $0.role == role })
  }

  @Test func `a server's chain fits a server by its names, and no client, and says why`() async throws {
    let folder = try await Self.make(["--server-name", "127.0.0.1"])
    let report = try await Self.show(folder, "server.pem", "--ca", "root.pem", "--name", "a.example")
    #expect(try Self.use(report, .server).fits)
    #expect(try Self.use(report, .server).names == ["a.example", "127.0.0.1"])
    #expect(try Self.use(report, .client).reasons.contains { $0.contains("clientAuth") })
    let text = Self.text(report)
    #expect(text.contains("fits: server for a.example, 127.0.0.1"))
    #expect(text.contains("does not fit: client, because"))
  }

  @Test func `what a key can do is said for each version`() async throws {
    let folder = try await Self.make(["--key-type", "rsa-2048"])
    let report = try await Self.show(folder, "server.pem")
    let parts = Self.text(report).components(separatedBy: "With this key, TLS 1.2")
    try #require(parts.count == 2)
    #expect(parts[0].contains("rsa_pss_rsae_sha256") && !parts[0].contains("rsa_pkcs1"))
    #expect(parts[1].contains("rsa_pkcs1_sha256") && parts[1].contains("TLS_ECDHE_RSA_"))
    let json = try #require(try JSONSerialization.jsonObject(with: Data(try report.json().utf8)) as? [String: Any])
    let tls = try #require(json["tls"] as? [String: Any])
    #expect(tls["signatureSchemes13"] as? [String] == KeyKind.rsa(bits: 2048).signatureSchemes13.map(\.description))
  }

  @Test func `another certificate's key fits nothing`() async throws {
    let folder = try await Self.make()
    let report = try await Self.show(folder, "server.pem", "--key", "client-key.pem")
    let text = Self.text(report)
    #expect(text.contains("does not fit: server, because") && !text.contains("✓ fits"))
    let json = try #require(try JSONSerialization.jsonObject(with: Data(try report.json().utf8)) as? [String: Any])
    let uses = try #require(json["uses"] as? [[String: Any]])
    #expect(uses.allSatisfy { $0["fits"] as? Bool == false })
    let own = Self.text(try await Self.show(folder, "server.pem", "--key", "server-key.pem"))
    #expect(own.contains("✓ fits: server for a.example"))
  }

  @Test func `with the root at hand the chain leads to it, and nothing is warned of`() async throws {
    let folder = try await Self.make()
    let with = Self.text(try await Self.show(folder, "server.pem", "--ca", "root.pem"))
    #expect(with.contains("✓ It leads to CN=Handfast Development Root") && !with.contains("must be known"))
    let without = Self.text(try await Self.show(folder, "server.pem"))
    #expect(without.contains("must be known") && !without.contains("It leads to"))
    let elsewhere = try await Self.make()
    try folder.write(try String(contentsOfFile: "\(elsewhere.path)/root.pem", encoding: .utf8), as: "other.pem")
    let wrong = Self.text(try await Self.show(folder, "server.pem", "--ca", "other.pem"))
    #expect(!wrong.contains("It leads to"))
  }

  @Test func `a client's chain fits a client and no server, for two reasons`() async throws {
    let report = try await Self.show(try await Self.make(), "client.pem")
    #expect(try Self.use(report, .client).fits)
    let reasons = try Self.use(report, .server).reasons
    #expect(reasons.count == 2)
    #expect(reasons.contains { $0.contains("serverAuth") } && reasons.contains { $0.contains("subjectAltName") })
  }

  @Test func `a root fits an authority only`() async throws {
    let report = try await Self.show(try await Self.make(), "root.pem")
    #expect(report.explanation.uses.filter(\.fits).map(\.role) == [.authority])
    #expect(report.explanation.certificates.map(\.kind) == [.root])
  }

  @Test func `an expired chain fits nothing, and says since when`() async throws {
    let report = try await Self.show(
      try await Self.make(["--not-before", "-10", "--not-after", "-1"]), "server.pem")
    #expect(report.explanation.uses.allSatisfy { !$0.fits })
    #expect(try Self.use(report, .server).reasons.contains { $0.contains("expired at") })
  }

  @Test func `a chain in the wrong order says the right one`() async throws {
    let folder = try await Self.make()
    let texts = try ["intermediate", "server"].map {
      try String(contentsOfFile: "\(folder.path)/\($0).pem", encoding: .utf8)
    }
    let leaf = try #require(texts[1].components(separatedBy: "-----END CERTIFICATE-----\n").first)
    try folder.write(texts[0] + leaf + "-----END CERTIFICATE-----\n", as: "mixed.pem")
    let report = try await Self.show(folder, "mixed.pem")
    #expect(report.explanation.chain == [1, 0])
    #expect(report.explanation.remarks.contains { $0.isFault && $0.text.contains("1, 0") })
    #expect(try !Self.use(report, .server).fits)
  }

  @Test func `the wrong intermediate of the right name is found out`() async throws {
    let (one, other) = (try await Self.make(), try await Self.make())
    let leaf =
      try String(contentsOfFile: "\(one.path)/server.pem", encoding: .utf8)
      .components(separatedBy: "-----END CERTIFICATE-----\n")[0] + "-----END CERTIFICATE-----\n"
    let wrong = try String(contentsOfFile: "\(other.path)/intermediate.pem", encoding: .utf8)
    try one.write(leaf + wrong, as: "wrong.pem")
    let report = try await Self.show(one, "wrong.pem")
    #expect(try Self.use(report, .server).reasons.contains { $0.contains("signature does not match") })
  }

  @Test func `roots that are no chain are a heap of roots`() async throws {
    let (one, other) = (try await Self.make(), try await Self.make(["--authority-name", "Other"]))
    let texts = try [one, other].map { try String(contentsOfFile: "\($0.path)/root.pem", encoding: .utf8) }
    try one.write(texts.joined(), as: "bundle.pem")
    let report = try await Self.show(one, "bundle.pem")
    #expect(report.explanation.isBundle && report.explanation.certificates.count == 2)
    #expect(Self.text(report).contains("2 roots, no chain"))
  }

  @Test func `another root and another name are reasons, too`() async throws {
    let (one, other) = (try await Self.make(), try await Self.make(["--authority-name", "Other"]))
    let report = try await PKIShowCommand.parse(
      ["\(one.path)/server.pem", "--ca", "\(other.path)/root.pem", "--name", "b.example"]
    ).report()
    let reasons = try Self.use(report, .server).reasons
    #expect(reasons.contains { $0.contains("b.example") })
    #expect(try Self.use(report, .client).reasons.count >= 1)
    let trustOnly = try await PKIShowCommand.parse(["\(one.path)/server.pem", "--ca", "\(other.path)/root.pem"])
      .report()
    #expect(try Self.use(trustOnly, .server).reasons.contains { $0.contains("Handfast Development Root") })
  }

  @Test func `a key is told to belong or not, and is never shown`() async throws {
    let folder = try await Self.make()
    let right = try await Self.show(folder, "server.pem", "--key", "server-key.pem")
    #expect(Self.text(right).contains("that belongs to the certificate"))
    let wrong = try await Self.show(folder, "server.pem", "--key", "client-key.pem")
    #expect(Self.text(wrong).contains("does NOT belong"))
    let secret = try String(contentsOfFile: "\(folder.path)/server-key.pem", encoding: .utf8).split(separator: "\n")[1]
    #expect(try !Self.text(right).contains(secret) && !right.json().contains(secret))
  }

  @Test func `a file with both certificate and key, and an encrypted key, are understood`() async throws {
    let folder = try await Self.make()
    let texts = try ["client", "client-key"].map {
      try String(contentsOfFile: "\(folder.path)/\($0).pem", encoding: .utf8)
    }
    try folder.write(texts.joined(), as: "both.pem")
    #expect(try await Self.show(folder, "both.pem").keys.count == 1)
    try folder.write(texts[1].replacing("PRIVATE KEY", with: "ENCRYPTED PRIVATE KEY"), as: "encrypted.pem")
    let report = try await Self.show(folder, "client.pem", "--key", "encrypted.pem")
    #expect(Self.text(report).contains("encrypted: whose it is cannot be told"))
  }

  @Test func `a certificate in DER is read as well`() async throws {
    let folder = try TemporaryFolder()
    let der = try DevelopmentPKI().issue(.server("der.example")).chain[0]
    try Data(der).write(to: URL(fileURLWithPath: "\(folder.path)/leaf.der"))
    let report = try await Self.show(folder, "leaf.der")
    #expect(try Self.use(report, .server).names == ["der.example"])
  }

  @Test func `the JSON has each certificate, each use and its reasons`() async throws {
    let report = try await Self.show(try await Self.make(), "server.pem")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(try report.json().utf8)) as? [String: Any])
    let uses = try #require(object["uses"] as? [[String: Any]])
    #expect(uses.map { $0["role"] as? String } == ["server", "client", "authority"])
    #expect(uses.map { $0["fits"] as? Bool } == [true, false, false])
    #expect((object["certificates"] as? [Any])?.count == 2)
  }

  @Test(arguments: [
    "", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n", "0", "-----BEGIN X-----\nAAAA\n-----END X-----\n",
  ])
  func `a file without a certificate gets one line`(_ content: String) async throws {
    let folder = try TemporaryFolder()
    try folder.write(content, as: "odd.pem")
    let error = await #expect(throws: CommandError.self) { try await Self.show(folder, "odd.pem") }
    #expect(error?.status == .badInput)
    #expect(error?.description.contains("\n") == false)
  }

  @Test func `bytes that are no certificate are said to be none, in their place`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n", as: "odd.pem")
    let report = try await Self.show(folder, "odd.pem")
    #expect(report.explanation.certificates.map(\.kind) == [.unreadable])
    #expect(Self.text(report).contains("no X.509 certificate"))
  }
}
