import HandfastCore
import SwiftASN1
import X509

/// A signature over a revocation list or an OCSP response.
struct IssuerSignature: Sendable {
  let algorithm: ASN1ObjectIdentifier
  let signed: ArraySlice<UInt8>
  let value: [UInt8]

  /// Why the signature does not count; nil: it was made with the key in this SubjectPublicKeyInfo.
  func problem(by publicKeyInfo: [UInt8]) -> String? {
    let name = CertificateSignature.name(algorithm)
    guard !CertificateSignature.isWeak(algorithm) else { return "it is signed with \(name), which can be forged" }
    guard let known = Self.algorithms[algorithm] else {
      return "it is signed with \(name), which cannot be verified here"
    }
    guard let key = try? Certificate.PublicKey(derEncoded: publicKeyInfo) else { return "its signer's key is unusable" }
    return key.isValidSignature(value, for: signed, signatureAlgorithm: known)
      ? nil : "its signature was not made with that authority's key"
  }

  private static let algorithms: [ASN1ObjectIdentifier: Certificate.SignatureAlgorithm] = [
    [1, 2, 840, 10045, 4, 3, 2]: .ecdsaWithSHA256, [1, 2, 840, 10045, 4, 3, 3]: .ecdsaWithSHA384,
    [1, 2, 840, 10045, 4, 3, 4]: .ecdsaWithSHA512, [1, 2, 840, 113549, 1, 1, 11]: .sha256WithRSAEncryption,
    [1, 2, 840, 113549, 1, 1, 12]: .sha384WithRSAEncryption, [1, 2, 840, 113549, 1, 1, 13]: .sha512WithRSAEncryption,
    [1, 3, 101, 112]: .ed25519,
  ]
}
