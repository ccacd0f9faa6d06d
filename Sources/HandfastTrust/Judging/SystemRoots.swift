#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Where Linux distributions keep the bundle of trusted roots.
enum SystemRoots {
  static let paths = [
    "/etc/ssl/certs/ca-certificates.crt",  // Debian, Ubuntu, Arch, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",  // Fedora, RHEL, Amazon
    "/etc/ssl/ca-bundle.pem",  // openSUSE
    "/etc/ssl/cert.pem",  // Alpine, macOS
  ]

  /// The file that is used; nil when there is none.
  static var path: String? { paths.first { FileManager.default.isReadableFile(atPath: $0) } }

  /// The first bundle there is, as PEM.
  static func bundle() throws(TrustError) -> String {
    for path in paths {
      guard let data = FileManager.default.contents(atPath: path) else { continue }
      return String(decoding: data, as: UTF8.self)
    }
    throw .noSystemRoots(searched: paths)
  }
}
