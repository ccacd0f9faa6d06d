import Crypto
import SwiftASN1
import Synchronization
import X509

/// One certificate revocation list (CRL, RFC 5280 §5), read once and asked often.
final class RevocationList: Sendable {
  /// Which certificates of its issuer it speaks about (RFC 5280 §5.2.5).
  enum Scope: Sendable {
    case all
    case endEntities
    case authorities
  }

  let issuer: CertificateFields.Name
  let thisUpdate: Int64
  let nextUpdate: Int64?
  /// Hexadecimal; nil: there is none.
  let number: String?
  let scope: Scope
  let authorityKeyIdentifier: [UInt8]?
  let revoked: RevokedSerials
  /// Why it says nothing about any certificate; nil: nothing of that kind.
  let defect: String?
  /// Why it is not as it must be. What it revokes is revoked; that it does not list a certificate says nothing.
  let weakness: String?
  /// SHA-256 over issuer, scope and what is revoked: two issues that revoke the same have the same.
  let contentHash: [UInt8]
  private let signature: IssuerSignature
  /// By key. The keys are those of paths to a trusted root, and few.
  private let verdicts = Mutex<[[UInt8]: String?]>([:])
  private static let verdictLimit = 16

  /// Throws SwiftASN1's error for what is no CRL.
  init(der: [UInt8]) throws {
    let parts = try RevocationListParts(der)
    issuer = parts.issuer
    thisUpdate = parts.thisUpdate
    nextUpdate = parts.nextUpdate
    number = parts.number
    scope = parts.scope
    authorityKeyIdentifier = parts.authorityKeyIdentifier
    revoked = parts.revoked
    defect = parts.defect ?? parts.revoked.defect
    weakness = parts.weakness
    signature = parts.signature
    var hash = SHA256()
    hash.update(data: issuer.der)
    hash.update(data: Array("\(scope) \(defect ?? "") \(weakness ?? "")".utf8))
    // The entries as they stand; their order is the authority's.
    hash.update(data: der[parts.entries])
    contentHash = Array(hash.finalize())
  }

  func isStale(at now: Int64) -> Bool { nextUpdate.map { now > $0 } ?? false }

  /// Why this authority's key did not make the signature; nil: it did. A check is made once for each key.
  func signatureProblem(by publicKeyInfo: [UInt8]) -> String? {
    if let known = verdicts.withLock({ $0[publicKeyInfo] }) { return known }
    let problem = signature.problem(by: publicKeyInfo)
    verdicts.withLock {
      if $0.count >= Self.verdictLimit { $0.removeAll() }
      $0[publicKeyInfo] = .some(problem)
    }
    return problem
  }

  /// "the CRL of CN=Root, number 12, issued 2026-11-20 00:00:00Z".
  var label: String {
    "the CRL of \(issuer.text)\(number.map { ", number \($0)" } ?? ""), issued \(UnixTime.text(thisUpdate))"
  }
}
