import SwiftASN1
import X509

/// What a library's error says, without the name of its type and its place in the library's source.
func plain(_ error: any Error) -> String {
  let text = "\(error)"
  guard error is ASN1Error || error is CertificateError else { return text.safeForDisplay }
  var words = text.split(separator: " ")
  if let last = words.last, last.contains(".swift:") { words.removeLast() }
  let reason = words.dropFirst().joined(separator: " ")
  // Some have no reason, and only the name of their case: "ASN1Error.truncatedASN1Field:".
  let name = words.first?.split(separator: ".").last?.filter(\.isLetter)
  return (reason.isEmpty ? name ?? text : reason).safeForDisplay
}
