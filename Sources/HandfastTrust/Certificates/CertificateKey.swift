import HandfastCore
import HandfastWire
import SwiftASN1
import X509

extension CertificateFields.Key {
  /// From a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7, RFC 5480, RFC 8410), with the place of the key within it. What is not
  /// plainly written is read by swift-asn1.
  static func read(_ walker: DERWalker, _ element: DERWalker.Element) throws -> (key: Self, bytes: Range<Int>) {
    var parts = walker.inside(element)
    let algorithm = try parts.next(DERTag.sequence)
    let bits = try parts.wholeBytes()
    try parts.finish()
    if let kind = plainKinds.first(where: { walker.bytes[algorithm.whole].elementsEqual($0.encoding) })?.kind {
      return (.usable(kind), bits)
    }
    let (identifier, parameters) = try DER.sequence(parts.node(algorithm), identifier: .sequence) { nodes in
      (try ASN1ObjectIdentifier(derEncoded: &nodes), nodes.next())
    }
    return (try Self(identifier, parameters, walker.bytes[bits]), bits)
  }

  /// By AlgorithmIdentifier, DER.
  private static let plainKinds: [(encoding: [UInt8], kind: KeyKind)] = [
    (
      [
        0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
        0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07,
      ], .ecdsa(.secp256r1)
    ),
    ([0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70], .ed25519),
  ]

  private init(_ algorithm: ASN1ObjectIdentifier, _ parameters: ASN1Node?, _ bits: ArraySlice<UInt8>) throws {
    switch algorithm {
    case .AlgorithmIdentifier.rsaEncryption:
      self = .usable(.rsa(bits: try Self.modulusLength(bits)))
    case .AlgorithmIdentifier.idEcPublicKey:
      guard let parameters, let curve = try? ASN1ObjectIdentifier(derEncoded: parameters) else {
        self = .unusable("ECDSA with an unnamed curve")
        return
      }
      switch curve {
      case .NamedCurves.secp256r1: self = .usable(.ecdsa(.secp256r1))
      case .NamedCurves.secp384r1: self = .usable(.ecdsa(.secp384r1))
      case .NamedCurves.secp521r1: self = .usable(.ecdsa(.secp521r1))
      default: self = .unusable(UnusableKey.curve(curve))
      }
    case [1, 3, 101, 112]: self = .usable(.ed25519)
    case [2, 16, 840, 1, 101, 3, 4, 3, 17]: self = .usable(.mldsa(.mldsa44))
    case [2, 16, 840, 1, 101, 3, 4, 3, 18]: self = .usable(.mldsa(.mldsa65))
    case [2, 16, 840, 1, 101, 3, 4, 3, 19]: self = .usable(.mldsa(.mldsa87))
    default: self = .unusable(UnusableKey.name(algorithm))
    }
  }

  /// Of an RSAPublicKey (RFC 8017 §A.1.1), in bits.
  private static func modulusLength(_ bytes: ArraySlice<UInt8>) throws -> Int {
    var top = DERWalker(Array(bytes))
    var numbers = try top.enter(DERTag.sequence)
    try top.finish()
    let modulus = top.bytes[try numbers.unsignedInteger()].drop { $0 == 0 }
    _ = try numbers.unsignedInteger()
    try numbers.finish()
    guard let first = modulus.first else { return 0 }
    return modulus.count * 8 - first.leadingZeroBitCount
  }
}
