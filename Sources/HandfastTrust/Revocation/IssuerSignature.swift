import HandfastCrypto
import SwiftASN1

/// A signature over a revocation list or an OCSP response.
struct IssuerSignature: Sendable {
  let algorithm: ASN1ObjectIdentifier
  let signed: ArraySlice<UInt8>
  let value: [UInt8]

  /// Why the signature does not count; nil: it was made with the key in this SubjectPublicKeyInfo.
  func problem(by publicKeyInfo: [UInt8]) -> String? {
    let name = CertificateSignature.name(algorithm)
    guard !CertificateSignature.isWeak(algorithm) else { return "it is signed with \(name), which can be forged" }
    guard let scheme = CertificateSignature.scheme(named: algorithm) else {
      return "it is signed with \(name), which cannot be verified here"
    }
    guard let key = try? PublicKey(subjectPublicKeyInfo: publicKeyInfo) else { return "its signer's key is unusable" }
    return key.isValid(value, over: Array(signed), scheme: scheme)
      ? nil : "its signature was not made with that authority's key"
  }
}
