import HandfastCore
import SwiftASN1
import X509

/// One certificate of the presented chain, as far as it can be read.
struct Presented: Sendable {
  let position: Int
  let der: [UInt8]
  /// Nil when it is no X.509 certificate.
  let fields: CertificateFields?
  /// Nil when swift-certificates cannot use it: for its key, or its signature.
  let certificate: Certificate?
  /// Why one of the two is nil.
  let problem: String?

  init(position: Int, der: [UInt8]) {
    self.position = position
    self.der = der
    var problem: String?
    do {
      fields = try CertificateFields(der: der)
    } catch {
      fields = nil
      problem = plain(error)
    }
    do {
      certificate = fields == nil ? nil : try Certificate(derEncoded: der)
    } catch {
      certificate = nil
      problem = plain(error)
    }
    self.problem = problem
  }

  var description: CertificateDescription {
    fields.map(CertificateDescription.init) ?? .unreadable(der)
  }
}
