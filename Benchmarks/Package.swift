// swift-tools-version: 6.2
import Foundation
import PackageDescription

let handfast: Target.Dependency = .product(name: "Handfast", package: "handfast")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let niossl: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")

/// Debian: libgnutls28-dev.
let hasGnuTLS = FileManager.default.fileExists(atPath: "/usr/include/gnutls/gnutls.h")

let package = Package(
  name: "handfast-benchmarks",
  platforms: [.macOS(.v26)],
  dependencies: [
    .package(name: "handfast", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.0"),
    .package(url: "https://github.com/apple/swift-certificates.git", from: "1.21.0"),
    .package(url: "https://github.com/apple/swift-asn1.git", from: "1.7.0"),
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
  ],
  targets: [
    .target(name: "CHeap"),
    .target(name: "CAllocations"),
    .target(name: "CPair"),
    .target(name: "CBoringPair", dependencies: ["CPair", niossl]),
    // Debian: libssl-dev.
    .target(
      name: "COpenSSLPair", dependencies: ["CPair"], linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
    .target(
      name: "CGnuTLSPair", dependencies: ["CPair"], cSettings: hasGnuTLS ? [.define("WITH_GNUTLS")] : [],
      linkerSettings: hasGnuTLS ? [.linkedLibrary("gnutls")] : []),
    .executableTarget(
      name: "memory", dependencies: ["CHeap", handfast, arguments], swiftSettings: [.swiftLanguageMode(.v6)]),
    .executableTarget(
      name: "trust", dependencies: [handfast, arguments],
      swiftSettings: [.swiftLanguageMode(.v6), .enableExperimentalFeature("Lifetimes")]),
    .executableTarget(
      name: "compare",
      dependencies: [
        "CAllocations", "CPair", "CBoringPair", "COpenSSLPair", "CGnuTLSPair", handfast, arguments, niossl,
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "_CryptoExtras", package: "swift-crypto"),
        .product(name: "X509", package: "swift-certificates"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
      ],
      swiftSettings: [.swiftLanguageMode(.v6), .enableExperimentalFeature("Lifetimes")]),
  ]
)
