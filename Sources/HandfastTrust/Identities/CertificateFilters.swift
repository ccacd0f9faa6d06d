import HandfastCore
import SwiftASN1
import X509

extension CertificateExtensions {
  //= https://www.rfc-editor.org/rfc/rfc9846#section-4.3.5
  //# If the server has included a non-empty filters list, the client certificate included in the response MUST contain all of
  //# the specified extension OIDs that the client recognizes. For each extension OID recognized by the client, all of the
  //# specified values MUST be present in the client certificate
  //
  // Recognized are the two for which the RFC says what it is to match. A filter for one of them that cannot be read is matched
  // by nothing.
  func satisfy(_ filter: CertificateFilter) -> Bool {
    guard let oid = try? ASN1ObjectIdentifier(derEncoded: filter.oid) else { return true }
    switch oid {
    case .X509ExtensionID.keyUsage: return contains(filter, in: keyUsage) { Self.list(try KeyUsage($0)) }
    case .X509ExtensionID.extendedKeyUsage:
      return contains(filter, in: extendedKeyUsage) { try ExtendedKeyUsage($0).map { "\($0)" } }
    default: return true
    }
  }

  private func contains(
    _ filter: CertificateFilter, in own: [String]?, _ read: (Certificate.Extension) throws -> [String]
  ) -> Bool {
    guard let own else { return false }
    guard !filter.values.isEmpty else { return true }
    guard let oid = try? ASN1ObjectIdentifier(derEncoded: filter.oid),
      let wanted = try? read(Certificate.Extension(oid: oid, critical: false, value: filter.values[...]))
    else { return false }
    return wanted.allSatisfy(own.contains)
  }
}
