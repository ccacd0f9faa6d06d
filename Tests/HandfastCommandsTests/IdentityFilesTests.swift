import Foundation
import Handfast
import HandfastTrust
import TestTurns
import Testing

@testable import HandfastCommands

@Suite(.inTurn) struct IdentityFilesTests {
  private final class Folder {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("handfast-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ name: String, _ text: String) throws -> String {
      let file = url.appendingPathComponent(name)
      try Data(text.utf8).write(to: file)
      return file.path
    }
  }

  private let folder: Folder
  private let pki: DevelopmentPKI
  private let issued: IssuedIdentity
  private let key: String

  init() throws {
    folder = try Folder()
    pki = try DevelopmentPKI()
    issued = try pki.issueWithPEM(LeafRequest(names: ["DNS:a.example"], purpose: .serverAuth))
    key = try folder.write("key.pem", issued.privateKeyPEM)
  }

  private func read(
    _ cert: String, _ key: String, passphrase: String? = nil, warn: (String) -> Void = { _ in }
  ) throws -> [Identity] {
    let environment = passphrase.map { ["HANDFAST_PASSPHRASE": $0] } ?? [:]
    let passphrases = Passphrases(file: nil, environment: environment)
    return try IdentityFiles(certs: [cert], keys: [key], passphrases: passphrases).read(warn: warn)
  }

  private func certificates() -> [String] {
    issued.certificateChainPEM.components(separatedBy: "-----BEGIN").dropFirst().map { "-----BEGIN" + $0 }
  }

  @Test func `a chain in any order is put in order, with a warning that names the file`() throws {
    let (leaf, intermediate, root) = (certificates()[0], certificates()[1], pki.rootPEM)
    for texts in [[intermediate, leaf], [root, intermediate, leaf], [root, leaf, intermediate]] {
      var warnings: [String] = []
      let cert = try folder.write("chain.pem", texts.joined())
      let identity = try #require(try read(cert, key, warn: { warnings.append($0) }).first)
      #expect(identity.chain.first == issued.identity.chain.first)
      #expect(Array(identity.chain.prefix(2)) == issued.identity.chain)
      #expect(identity.chain.count == texts.count)
      #expect(warnings.first?.hasPrefix(cert) == true && warnings.first?.contains("not in order") == true)
      // A root in the chain is one more thing to say.
      #expect(warnings.dropFirst().map { $0.contains("A root") } == Array(repeating: true, count: texts.count - 2))
    }
  }

  @Test func `a chain in order gets no warning, and what does not belong to it is left out with one`() throws {
    var warnings: [String] = []
    let cert = try folder.write("chain.pem", issued.certificateChainPEM)
    _ = try read(cert, key, warn: { warnings.append($0) })
    #expect(warnings.isEmpty)
    let other = try DevelopmentPKI(name: "Other").rootPEM
    let odd = try folder.write("odd.pem", issued.certificateChainPEM + other)
    let identity = try #require(try read(odd, key, warn: { warnings.append($0) }).first)
    #expect(identity.chain == issued.identity.chain)
    #expect(warnings.count == 1 && warnings[0].contains("left out") && warnings[0].contains("Other Root"))
  }

  @Test func `an expired certificate gets a warning`() throws {
    var request = LeafRequest(names: ["DNS:a.example"], purpose: .serverAuth)
    (request.notBefore, request.notAfter) = (-7200, -3600)
    let expired = try pki.issueWithPEM(request)
    var warnings: [String] = []
    _ = try read(
      try folder.write("old.pem", expired.certificateChainPEM), try folder.write("old.key", expired.privateKeyPEM),
      warn: { warnings.append($0) })
    #expect(warnings.count == 1 && warnings[0].contains("has expired"))
  }

  @Test func `an encrypted key opens with its passphrase, and a wrong one is named`() throws {
    let cert = try folder.write("p256.pem", Self.certificate)
    for key in [Self.aes256, Self.aes128SHA1, Self.aes256SHA512] {
      let path = try folder.write("encrypted.pem", key)
      #expect(try read(cert, path, passphrase: "handfast").count == 1)
      #expect {
        _ = try read(cert, path, passphrase: "wrong")
      } throws: { error in
        "\(error)".hasPrefix(path) && "\(error)".contains("does not open") && status(of: error) == .badInput
      }
    }
  }

  @Test func `the passphrase comes from the first line of a file, which goes before the environment`() throws {
    let file = try folder.write("secret", "handfast\nmore\n")
    let passphrases = Passphrases(file: file, environment: ["HANDFAST_PASSPHRASE": "other"])
    #expect(try passphrases.first(for: "key") == Array("handfast".utf8))
    #expect(!passphrases.isAsking)
    let empty = Passphrases(file: try folder.write("empty", "\n"), environment: [:])
    #expect(throws: CommandError.self) { _ = try empty.first(for: "key") }
  }

  @Test func `what is wrong gets one line with the file and the way out`() throws {
    let cert = try folder.write("chain.pem", issued.certificateChainPEM)
    let other = try folder.write("other.key", try pki.issueWithPEM(LeafRequest.client("b")).privateKeyPEM)
    let legacy = try folder.write(
      "legacy.key",
      "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END EC PRIVATE KEY-----\n"
    )
    let triple = try folder.write("triple.key", Self.tripleDES)
    let cases: [(cert: String, key: String, words: [String])] = [
      (folder.url.path + "/none.pem", key, ["none.pem", "no such file"]),
      (cert, folder.url.path + "/none.key", ["none.key", "no such file"]),
      (key, key, ["key.pem", "no certificate", "pass PEM"]), (cert, cert, ["chain.pem", "no private key", "pass PEM"]),
      (cert, other, ["other.key", "chain.pem", "does not belong", "pass the key"]),
      (cert, legacy, ["legacy.key", "old way", "openssl pkcs8 -topk8"]),
      (cert, triple, ["triple.key", "not AES-CBC", "openssl pkcs8 -topk8"]),
    ]
    for (cert, key, words) in cases {
      #expect {
        _ = try read(cert, key, passphrase: "handfast")
      } throws: { error in
        let text = "\(error)"
        return words.allSatisfy(text.contains) && !text.contains { $0.isNewline }
      }
    }
  }
}
