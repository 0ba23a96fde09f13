/**
 * Documents, pictures, sound, sites, viewers and file managers. Pure data.
 */

import { doing, family, reading, tool } from './spec.js';

/** Tools of documents and media. */
export const DOCUMENTS = family(
  'The manuals of Pandoc, FFmpeg, ImageMagick, Poppler, TeX Live, Hugo, MkDocs, yt-dlp, ExifTool, ncdu, GNU bc and of the programs named here',
  {
    'pandoc ffmpeg convert magick mogrify montage composite sox lame flac oggenc gs qpdf pdftk pdfunite pdfseparate pdftoppm pdftocairo wkhtmltopdf weasyprint libreoffice soffice unoconv inkscape rsvg-convert dot neato gnuplot plantuml mmdc asciidoctor sphinx-build typedoc jsdoc doxygen optipng pngquant jpegoptim svgo cwebp tesseract m4 cpp indent astyle autopep8 yapf recode uconv html2text xsltproc xmlstarlet tidy csvsql csvformat csvjson in2csv ctags cscope global gtags eol':
      tool(
        {
          reads:
            '. --version|-version|--help|-h; . --list-input-formats|--list-output-formats; . -codecs|-formats|-encoders|-decoders|-filters|-buildconf',
          runs: '. --lua-filter|--filter=/tmp/*|http*; . -dNOSAFER',
        },
        { style: 'long', sql: '--query', operands: 'text' },
      ),
    'pdflatex xelatex lualatex latexmk bibtex': tool(
      {
        reads: '. --version|-version',
        runs: '. --shell-escape|-shell-escape|--enable-write18|-enable-write18',
        changes: '*',
      },
      { style: 'long' },
    ),
    'mkdocs hugo jekyll eleventy hexo docusaurus mdbook': tool({
      reads: 'version; list *; config; env; help; doctor; test',
      changes: 'build; serve; new *; server; init; clean',
      publishes: 'gh-deploy; deploy; publish; d|deploy; g -d|--deploy',
    }),
    exiftool: reading(
      '-s -S -G -a -u -U -j -json -n -g -H -c= -d= -ee -h -l -t -T -v -ver -list -fast -q -m -charset= -lang= -php -X -b',
      'read',
      {
        style: 'long',
        lines: {
          overwrites: '. -overwrite_original|-overwrite_original_in_place|-delete_original|-delete_original!',
          runs: '. -config|-if',
        },
        rules: [
          {
            id: 'exif-write',
            level: 'moderate',
            text: 'Writes into pictures or files.',
            flags: '-o -w -W -tagsFromFile -csv -restore_original -geotag -execute -@ -p -stay_open -efile',
          },
        ],
      },
    ),
    'yt-dlp youtube-dl gallery-dl': tool(
      { changes: '*', runs: '. --config-location|--config-locations|--plugin-dirs|--netrc-cmd', reads: '. --version' },
      { code: '--exec --exec-before-download --netrc-cmd', sends: true },
    ),
    'ffprobe identify mediainfo pdfinfo pdffonts pdfimages soxi exifprobe': reading(
      '-v= -i= -print_format= -of= -show_format -show_streams -show_entries= -select_streams= -hide_banner -verbose -format= -list --Inform= --Output= -f -l= -box -meta -q -V -version --version -show_frames -show_packets -count_frames -count_packets -sections -pretty -unit',
      'read',
      { style: 'long' },
    ),
    pdftotext: tool({ reads: '* -', changes: '*' }, { operands: 'read' }),
    'wdiff dwdiff icdiff difft diffstat combinediff lsdiff grepdiff': reading('*', 'read'),
    delta: reading('-s -n --side-by-side --line-numbers --dark --light --width= --color-only --version', 'read'),
    'glow mdcat rich highlight pygmentize': reading(
      '-s= -w= -p -l= -f= -O= -S= -n -g --style= --width= --columns= --version -h -m -j --syntax= --out-format= -N',
      'read',
      {
        rules: [
          {
            id: 'document-write',
            level: 'moderate',
            text: 'Writes a file or fetches one.',
            flags: '-o --output --export-html --export-svg --outdir -d',
          },
        ],
      },
    ),
    'gron htmlq pup jless jid jp jc fx': reading(
      '-s -m -c -j -v -t -a= -p -f= -b= -r= -u --ungron --stream --monochrome --text --attribute= --pretty --version --color --plain --no-sort --values --json --filename= -i= -d= -h -e',
      'pattern',
    ),
    'aspell hunspell': tool({ reads: 'list; dicts; . --version|-v|-D|-l; . -l', changes: '*; check *' }),
    codespell: tool(
      { reads: '* !-w !--write-changes !-i !--config !--toml; .', changes: '* -w|--write-changes|-i' },
      { operands: 'read' },
    ),
    'proselint vale alex': tool({
      reads: '* !-; . --version',
      changes: 'sync|fix|suggest',
    }),
    'figlet toilet cowsay lolcat fortune banner': reading('*', 'text', { prints: true }),
    pv: tool(
      { changes: '. -d|--watchfd|-R|--remote; * --remote', reads: '* !-R !-d !--remote; .' },
      { operands: 'read' },
    ),
    'units gcal': reading('-t -v --version --terse --verbose -1 --one-line', 'text'),
    'bc dc': tool({ reads: '. --version|-V|-v|-h; .; . -l|-q|-i|--mathlib', changes: '*' }),
    'ranger nnn lf vifm tig lazygit gitui lazydocker ncdu broot': doing(
      'moderate',
      'file-manager',
      'Opens a program in which files can be changed.',
      {
        effects: ['exec'],
        lines: { reads: '. --version; . --help', runs: '. --cmd=*!*' },
      },
    ),
    'dust duf': reading('*', 'list'),
    'fzf sk': doing('moderate', 'chooser', 'Lets somebody choose among lines.', { effects: ['exec'] }),
  },
);
