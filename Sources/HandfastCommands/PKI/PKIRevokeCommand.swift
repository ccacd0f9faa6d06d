package import ArgumentParser
import Foundation
import Handfast
import HandfastTrust

/// `handfast pki revoke`: an authority's revocation list, made or continued.
package struct PKIRevokeCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "Make or continue an authority's revocation list (CRL), and put certificates on it.",
    discussion: """
      Examples:
        handfast pki make --keep-authority-keys
            keys of the authorities are needed to sign lists
        handfast pki revoke pki/client.pem --authority pki/intermediate.pem --crl pki/intermediate.crl
            a list that revokes the client's certificate
        handfast pki revoke --authority pki/root.pem --crl pki/root.crl
            a list that revokes nothing, or the next issue of one that is there
        handfast serve --cert pki/server.pem --key pki/server-key.pem --client-ca pki/root.pem \
          --crl pki/root.crl --crl pki/intermediate.crl --echo
            refuse whom the lists name

      Of each file the first certificate is revoked; it must be the authority's. The list is PEM and replaces the one that is \
      there in one step, so that a running server never reads half of it.
      """)

  @Argument(help: ArgumentHelp("Certificates to revoke, PEM or DER.", valueName: "file"))
  package var certificates: [String] = []

  @Option(help: ArgumentHelp("The authority's certificate, PEM.", valueName: "file"))
  package var authority: String

  @Option(
    help: ArgumentHelp(
      "The authority's private key, PEM; if absent, beside its certificate: root.pem has root-key.pem.",
      valueName: "file"))
  package var authorityKey: String?

  @Option(help: ArgumentHelp("The list: continued if it is there, else made.", valueName: "file"))
  package var crl: String

  @Option(help: ArgumentHelp("Why: keyCompromise, superseded, cessationOfOperation and others of RFC 5280 §5.3.1."))
  package var reason: RevocationReasonArgument?

  @Option(help: ArgumentHelp("In how many days the next list is due.", valueName: "days"))
  package var days = 7

  @Flag(help: "Say as JSON what the list holds.")
  package var json = false

  package init() {}

  package func validate() throws {
    guard (1...3650).contains(days) else { throw ValidationError("--days takes 1 to 3650") }
    guard reason == nil || !certificates.isEmpty else { throw ValidationError("--reason goes with a certificate") }
  }

  package func run() async throws {
    do {
      print(try report(of: try revoke()))
    } catch {
      complain("handfast pki revoke: \(error)")
      throw HandfastCommands.status(of: error).exitCode
    }
  }

  /// The list as it stands now: what `--json` prints.
  struct Issued: Codable, Equatable {
    let list: String
    let issuer: String
    let number: String?
    let revoked: Int
    /// Seconds since 1970-01-01T00:00:00Z.
    let thisUpdate: Int64
    let nextUpdate: Int64?
  }

  private func report(of list: Issued) throws -> String {
    guard !json else { return try prettyJSON(list) }
    return "\(list.list)  list \(list.number ?? "") of \(list.issuer): \(list.revoked) revoked, next due in \(days) "
      + "day\(days == 1 ? "" : "s")"
  }

  func revoke() throws -> Issued {
    let issuer = try authority(keyPath: authorityKey ?? Self.keyPath(beside: authority))
    var revoked: [[UInt8]] = []
    for path in certificates {
      let file = try InputFile(path, limit: 1 << 20).bytes
      revoked.append(try attempt(path) { try IssuingAuthority.firstCertificate(in: file) })
    }
    let isThere = FileManager.default.fileExists(atPath: crl)
    let earlier = isThere ? try InputFile(crl, limit: RevocationLists.byteLimit).bytes : nil
    let list = try attempt(crl) {
      try issuer.nextList(
        after: earlier, revoking: revoked, reason: reason?.reason, holdingFor: Int64(days) * 86_400)
    }
    do {
      try Data(IssuingAuthority.pem(ofList: list).utf8).write(to: URL(fileURLWithPath: crl), options: .atomic)
    } catch {
      throw CommandError("\(crl): \(error.localizedDescription)", .cannotCreate)
    }
    guard let description = try RevocationLists([list]).descriptions.first else {
      throw CommandError("\(crl): the list that was written cannot be read", .badInput)
    }
    return Issued(
      list: crl, issuer: description.issuer, number: description.number, revoked: description.count,
      thisUpdate: description.thisUpdate, nextUpdate: description.nextUpdate)
  }

  private func authority(keyPath: String) throws -> IssuingAuthority {
    let certificate = try InputFile(authority, limit: 1 << 20).text
    let key = try InputFile(keyPath, limit: 1 << 20).text
    return try attempt("\(authority), \(keyPath)") {
      try IssuingAuthority(certificatePEM: certificate, privateKeyPEM: key)
    }
  }

  /// "pki/root.pem" -> "pki/root-key.pem".
  private static func keyPath(beside path: String) -> String {
    path.hasSuffix(".pem") ? path.dropLast(4) + "-key.pem" : path + "-key.pem"
  }

  /// Names the file of an error.
  private func attempt<T>(_ path: String, _ body: () throws -> T) throws(CommandError) -> T {
    do { return try body() } catch { throw CommandError("\(path): \(error)", .badInput) }
  }
}

/// A reason by its name.
package struct RevocationReasonArgument: ExpressibleByArgument, Sendable {
  let reason: RevocationReason

  package init?(argument: String) {
    guard let reason = RevocationReason.allCases.first(where: { $0.name == argument && $0 != .removeFromCRL }) else {
      return nil
    }
    self.reason = reason
  }

  package static var allValueStrings: [String] {
    RevocationReason.allCases.filter { $0 != .removeFromCRL }.map(\.name)
  }
}
