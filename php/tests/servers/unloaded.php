<?php

// As preloaded.php, but the classes are loaded at run time, which ffi.enable=preload forbids.

declare(strict_types=1);

require_once __DIR__ . '/../../autoload.php';
require __DIR__ . '/preloaded.php';
