import SwiftASN1

/// A DER-encoded distinguished name (RFC 5280 §4.1.2.4) as a person reads it, such as those a CertificateRequest lists; nil when
/// the bytes are none.
package func distinguishedNameText(der: [UInt8]) -> String? {
  guard let node = try? DER.parse(der) else { return nil }
  return try? CertificateFields.Name(node).text
}
