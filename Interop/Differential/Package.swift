// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that Handfast does not depend on another implementation of TLS.
let package = Package(
  name: "Differential",
  platforms: [.macOS(.v26)],
  dependencies: [
    .package(name: "handfast", path: "../.."),
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.0"),
  ],
  targets: [
    .executableTarget(
      name: "Differential",
      dependencies: [
        .product(name: "Handfast", package: "handfast"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      swiftSettings: [.swiftLanguageMode(.v6), .enableExperimentalFeature("Lifetimes")])
  ]
)
