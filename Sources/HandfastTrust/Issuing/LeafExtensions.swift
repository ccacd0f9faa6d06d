import HandfastCore
import HandfastWire
import SwiftASN1
import X509

extension LeafRequest {
  var subject: DistinguishedName {
    get throws {
      guard let commonName else { return DistinguishedName() }
      return try DistinguishedName { CommonName(commonName) }
    }
  }

  func extensions(for key: Certificate.PublicKey) throws -> [Certificate.Extension] {
    var list: [Certificate.Extension] = [
      try .init(
        isCA ? BasicConstraints.isCertificateAuthority(maxPathLength: nil) : .notCertificateAuthority, critical: true),
      try .init(SubjectKeyIdentifier(hash: key), critical: false),
    ]
    let usages = keyUsage ?? defaultKeyUsage
    if !usages.isEmpty { list.append(try .init(try Self.keyUsage(usages), critical: true)) }
    if !purpose.isEmpty {
      var usages: [ExtendedKeyUsage.Usage] = []
      if purpose.contains(.serverAuth) { usages.append(.serverAuth) }
      if purpose.contains(.clientAuth) { usages.append(.clientAuth) }
      list.append(try .init(try ExtendedKeyUsage(usages), critical: isExtendedKeyUsageCritical))
    }
    if !names.isEmpty {
      let names = try names.map(Self.generalName)
      list.append(try .init(SubjectAlternativeNames(names), critical: commonName == nil))
    }
    if mustStaple {
      list.append(.init(oid: CertificateExtensions.tlsFeature, critical: false, value: [0x30, 0x03, 0x02, 0x01, 0x05]))
    }
    for oid in unknownCriticalExtensions {
      list.append(.init(oid: try ASN1ObjectIdentifier(dotRepresentation: oid), critical: true, value: [0x05, 0x00]))
    }
    return list
  }

  /// RFC 5246 §7.4.2: signing for ECDHE, decrypting for RSA key transport.
  private var defaultKeyUsage: [String] {
    let usages =
      switch keyKind {
      case .rsa: ["digitalSignature", "keyEncipherment"]
      case .ecdsa, .ed25519, .mldsa: ["digitalSignature"]
      }
    return isCA ? usages + ["keyCertSign"] : usages
  }

  private static func keyUsage(_ names: [String]) throws -> KeyUsage {
    var usage = KeyUsage()
    for name in names {
      switch name {
      case "digitalSignature": usage.digitalSignature = true
      case "nonRepudiation": usage.nonRepudiation = true
      case "keyEncipherment": usage.keyEncipherment = true
      case "dataEncipherment": usage.dataEncipherment = true
      case "keyAgreement": usage.keyAgreement = true
      case "keyCertSign": usage.keyCertSign = true
      case "cRLSign": usage.cRLSign = true
      default: throw IssuingError.unknownKeyUsage(name)
      }
    }
    return usage
  }

  private static func generalName(_ text: String) throws -> GeneralName {
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { throw IssuingError.unreadableName(text) }
    switch parts[0] {
    case "DNS": return .dnsName(parts[1])
    case "URI": return .uniformResourceIdentifier(parts[1])
    case "email": return .rfc822Name(parts[1])
    case "IP":
      guard let address = ServerReference.parseIPv4(parts[1]) ?? ServerReference.parseIPv6(parts[1]) else {
        throw IssuingError.unreadableName(text)
      }
      return .ipAddress(ASN1OctetString(contentBytes: address[...]))
    default: throw IssuingError.unreadableName(text)
    }
  }
}
