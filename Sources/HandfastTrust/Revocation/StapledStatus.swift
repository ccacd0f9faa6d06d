import HandfastCore
import SwiftASN1

/// What a stapled OCSP response is worth (RFC 6960 §3.2, RFC 6066 §8).
struct StapledStatus: Sendable {
  /// What it comes to.
  enum Answer: Sendable {
    case good(String)
    case revoked(String)
    /// Signed by somebody who may, but it does not say "good" or "revoked".
    case unknown(String)
    /// Why it does not count.
    case unusable(String)
  }
  private let now: Int64
  private let lists: RevocationLists?

  /// Clocks differ by minutes.
  static let skew: Int64 = 300
  /// How long a response holds that does not say it (RFC 6960 §4.2.2.1: newer information is always available).
  static let undatedLifetime: Int64 = 86_400

  init(at now: Int64, lists: RevocationLists?) { (self.now, self.lists) = (now, lists) }

  func answer(_ der: [UInt8], for leaf: CertificateFields, of issuer: CertificateFields) -> Answer {
    let response: OCSPResponse
    do {
      response = try OCSPResponse(der: der)
    } catch let error as OCSPResponse.Unsuccessful {
      return .unusable("The stapled OCSP response says nothing but \"\(error.status)\".")
    } catch {
      return .unusable("The stapled OCSP response cannot be read: \(plain(error)).")
    }
    let about = response.responses.filter { $0.isAbout(leaf, of: issuer) }
    guard let single = about.first else {
      return .unusable("The stapled OCSP response is about another certificate.")
    }
    if let extra = response.unknownCritical ?? single.unknownCritical {
      return .unusable("The stapled OCSP response has a critical extension \(extra), which is not understood here.")
    }
    let signer: String
    switch responder(response, issuer) {
    case .failure(let problem): return .unusable("The stapled OCSP response does not count: \(problem.text).")
    case .success(let name): signer = name
    }
    // Whatever its date: what was revoked stays revoked.
    for case .revoked(let time, let reason) in about.map(\.status) {
      return .revoked(
        "The stapled OCSP response of \(signer) says that it was revoked at \(UnixTime.text(time))"
          + "\(reason.map { " (\($0.name))" } ?? "").")
    }
    if let problem = datesProblem(single) { return .unusable("The stapled OCSP response \(problem).") }
    let until = single.nextUpdate.map { ", good until \(UnixTime.text($0))" } ?? ""
    switch single.status {
    case .good:
      return .good(
        "The stapled OCSP response of \(signer), of \(UnixTime.text(single.thisUpdate))\(until), says that it is not revoked."
      )
    case .revoked, .unknown:
      return .unknown("The stapled OCSP response of \(signer) says that the responder does not know it.")
    }
  }

  private func datesProblem(_ single: OCSPResponse.Single) -> String? {
    //= https://www.rfc-editor.org/rfc/rfc6960#section-4.2.2.1
    //# Responses whose thisUpdate time is later than the local system time SHOULD be considered unreliable.
    if single.thisUpdate > now + Self.skew {
      return "holds only from \(UnixTime.text(single.thisUpdate)) on; now it is \(UnixTime.text(now))"
    }
    //= https://www.rfc-editor.org/rfc/rfc6960#section-4.2.2.1
    //# Responses whose nextUpdate value is earlier than the local system time value SHOULD be considered unreliable.
    let end = single.nextUpdate ?? single.thisUpdate + Self.undatedLifetime
    guard now > end + Self.skew else { return nil }
    return single.nextUpdate == nil
      ? "is of \(UnixTime.text(single.thisUpdate)) and does not say how long it holds; more than a day is too old"
      : "is stale: it held until \(UnixTime.text(end)); now it is \(UnixTime.text(now))"
  }

  private struct Problem: Error {
    let text: String
    init(_ text: String) { self.text = text }
  }

  /// Who signed it: the issuer, or a responder with a certificate from the issuer that says so.
  private func responder(_ response: OCSPResponse, _ issuer: CertificateFields) -> Result<String, Problem> {
    //= https://www.rfc-editor.org/rfc/rfc6960#section-4.2.2.2
    //# OCSP signing delegation SHALL be designated by the inclusion of id-kp-OCSPSigning in an extended key usage certificate
    //# extension included in the OCSP response signer's certificate. This certificate MUST be issued directly by the CA that
    //# is identified in the request.
    if response.responder.isOwner(of: issuer) {
      if let problem = response.signature.problem(by: issuer.publicKeyInfo) { return .failure(Problem(problem)) }
      return .success(issuer.subject.text)
    }
    let candidates = response.certificates.compactMap { try? CertificateFields(der: $0) }
    guard let delegate = candidates.first(where: { response.responder.isOwner(of: $0) }) else {
      return .failure(
        Problem("it is signed neither by the issuer \(issuer.subject.text) nor by a certificate sent along"))
    }
    if let problem = delegationProblem(delegate, issuer) {
      return .failure(
        Problem("its responder \(delegate.subject.text) may not speak for \(issuer.subject.text), since \(problem)"))
    }
    if let problem = response.signature.problem(by: delegate.publicKeyInfo) { return .failure(Problem(problem)) }
    return .success("\(delegate.subject.text) (for \(issuer.subject.text))")
  }

  private func delegationProblem(_ delegate: CertificateFields, _ issuer: CertificateFields) -> String? {
    let extensions = delegate.extensions
    if delegate.issuer.der != issuer.subject.der { return "another authority has issued its certificate" }
    if let problem = delegate.issuerSignature.problem(by: issuer.publicKeyInfo) { return problem }
    if extensions.extendedKeyUsage?.contains("ocspSigning") != true { return "its extendedKeyUsage lacks OCSPSigning" }
    if extensions.keyUsage?.contains("digitalSignature") == false { return "its keyUsage lacks digitalSignature" }
    if let problem = CertificateRules.keyStrength(delegate).failure { return problem }
    if now < delegate.notBefore || now > delegate.notAfter { return "its certificate is not valid now" }
    if let problem = CertificateRules.extensions(delegate).failure { return problem }
    let isRevoked = lists?.issued(by: issuer.subject.der).contains { list in
      list.defect == nil && list.revoked[delegate.serialNumber] != nil
        && list.signatureProblem(by: issuer.publicKeyInfo) == nil
    }
    return isRevoked == true ? "its certificate is revoked" : nil
  }
}
