var w,On,Co,Fe,To,Ft,Mn,Dt,Ln,Po,wo,Ta,_t=Symbol.for("pv"),zt={},Vt=[],wa=/^m(i|n|o|s|text|space)$/,ko=Array.isArray,No=Vt.slice,Xe=Object.assign;function Ye(e){e&&e.parentNode&&e.remove()}function bt(e,t,o){var n,r,i,a={},c=arguments.length;for(i in t)i=="key"?n=t[i]:i=="ref"&&typeof e!="function"?r=t[i]:a[i]=t[i];return c>2&&(a.children=c>3?No.call(arguments,2):o),ht(e,a,n,r,null)}function ht(e,t,o,n,r){var i={type:e,props:t,key:o,ref:n,__k:null,__:null,__b:0,__e:null,__c:null,constructor:_t,__v:r||++On,__i:-1,__u:0};return!r&&w.vnode&&w.vnode(i),i}function Ze(e){return e.children}function Je(e,t){this.props=e,this.context=t,this.__g=0}function ze(e,t){if(t==null)return e.__&&ze(e.__,e.__i+1);for(var o;t<e.__k.length;t++)if((o=e.__k[t])&&o.__e)return o.__e;return typeof e.type!="function"||e.props.__P?null:ze(e)}function Ca(e){var t,o=e.__v,n=o.__e,r=[],i=[],a=e.__P;a&&((t=Xe({constructor:_t},o)).__v=o.__v+1,w.vnode&&w.vnode(t),Io(a,t,o,e.__n,a.namespaceURI,32&o.__u?[n]:null,r,n||ze(o),32&o.__u,i),t.__v=o.__v,t.__.__k[t.__i]=t,Hn(r,t,i),o.__=o.__e=null,t.__e!=n&&Dn(t))}function Dn(e){if((e=e.__)&&e.__c&&!e.props.__P)return e.__e=null,e.__k.some(function(t){return t&&(e.__e=t.__e)}),Dn(e)}function Un(e){(8&e.__g||(e.__g|=8,Fe.push(e),Ft++))&&To==w.debounceRendering||((To=w.debounceRendering)||queueMicrotask)(qn)}function qn(){try{for(var e,t=1;Fe.length;)Fe.length>t&&Fe.sort(Mn),e=Fe.shift(),t=Fe.length,8&e.__g&&Ca(e)}finally{(Ft=Fe.length)&&(To||queueMicrotask)(qn)}}function Fn(e,t,o,n,r,i,a,c,f,m,p){var y,h,d,_,g,$,N=n.__k||Vt,E=t.length;for(f=Pa(o,t,N,f,E),y=0;y<E;y++)(d=o.__k[y])!=null&&(h=~d.__i&&N[d.__i]||zt,d.__i=y,$=Io(e,d,h,r,i,a,c,f,m,p),_=d.__e,(h.ref!=d.ref||8&h.__u)&&(h.ref&&Ro(h.ref,null,d,h),d.ref&&p.push(d.ref,d.__c||_,d)),g=g||_,4&d.__u?(f=zn(d,f,e,!h.__v),h.__e&&(h.__e=null)):typeof d.type=="function"&&$!==void 0?f=$:_&&(f=_.nextSibling),d.__u&=-21);return o.__e=g,f}function Pa(e,t,o,n,r){var i,a,c,f,m,p,y,h,d,_=o.length,g=_,$=0,N=0,E=e.__k=Array(r);for(i=0;i<r;i++)(a=t[i])!=null&&typeof a!="boolean"&&typeof a!="function"?(typeof a!="object"||a.constructor===String?a=E[i]=ht(null,a):ko(a)?a=E[i]=ht(Ze,{children:a}):a.constructor===_t&&a.__b?a=E[i]=ht(a.type,a.props,a.key,a.ref,a.__v):E[i]=a,f=i+$,a.__=e,a.__b=e.__b+1,c=null,~(m=a.__i=ka(a,o,f,g))&&(g--,(c=o[m])&&(c.__u|=2)),c&&c.__v?(a.__u|=16,m==f-1?$--:m==f+1?$++:m!=f&&(m>f?$--:$++,N=1)):(~m||(r>_?$--:r<_&&$++),typeof a.type!="function"&&(a.__u|=4))):E[i]=null;if(N){for(p=[],y=[],i=0;i<r;i++)if((a=E[i])&&16&a.__u){for($=0,h=p.length;$<h;)p[d=$+h>>1]<a.__i?$=d+1:h=d;p[$]=a.__i,y[i]=$+1}for($=p.length;i--;)y[i]&&(y[i]==$?$--:E[i].__u|=4)}if(g)for(i=0;i<_;i++)!(c=o[i])||2&c.__u||(c.__e==n&&(n=ze(c)),Ao(c,c));return n}function zn(e,t,o,n){var r,i,a,c;if(typeof e.type=="function"){if(e.props.__P)return t;if(r=e.__k)for(i=0;i<r.length;i++)r[i]&&(r[i].__=e,t=zn(r[i],t,o,!1));return t}for(t&&!t.parentNode&&(t=ze(e))&&!t.parentNode&&(t=null),a=e.__e,c=t;c&&c.nodeType==8;)c=c.nextSibling;for(a!=c&&(!n&&o.moveBefore&&a.parentNode?o.moveBefore(a,t):o.insertBefore(a,t||null)),t=a;(t=t&&t.nextSibling)&&t.nodeType==8&&!t.data.startsWith("$s"););return t}function ka(e,t,o,n){var r,i=e.key,a=e.type,c=t[o],f=c&&!(2&c.__u);if(c===null&&i==null||f&&i==c.key&&a==c.type)return o;if(n>(f?1:0)){for(r=o-1;r>=0;r--)if((c=t[r])&&!(2&c.__u)&&i==c.key&&a==c.type)return r;for(r=o+1;r<t.length;r++)if((c=t[r])&&!(2&c.__u)&&i==c.key&&a==c.type)return r}return-1}function Bn(e,t,o){o==null&&(o=""),t[0]=="-"?e.setProperty(t,o):e[t]=o}function Lt(e,t,o,n,r){var i,a;if(t=="style")if(typeof o=="string")e.style.cssText=o;else{if(typeof n=="string"&&(e.style.cssText=n=""),n)for(t in n)o&&t in o||Bn(e.style,t);if(o)for(t in o)n&&o[t]==n[t]||Bn(e.style,t,o[t])}else if(t[0]=="o"&&t[1]=="n")typeof o!="function"&&(o=null),typeof n!="function"&&(n=null),(e.__e||(e.__e={}))[t]=o,o&&n||(a=wo[t]||(wo[t]=Na(t)),(e.__a||(e.__a={}))[t]=Po,i=t!=(t=t.replace(Ln,"$1")),(t=t.slice(2))[0]<"a"&&(t=t.toLowerCase()),o?e.addEventListener(t,a,i):e.removeEventListener(t,a,i));else{if(r=="http://www.w3.org/2000/svg")t=t.replace(/xlink(H|:h)/,"h").replace(/sName$/,"s");else if(t!="width"&&t!="height"&&t!="href"&&t!="list"&&t!="form"&&t!="tabIndex"&&t!="download"&&t!="rowSpan"&&t!="colSpan"&&t!="role"&&t!="popover"&&t in e)try{return void(e[t]=o??"")}catch{}if(typeof o=="function")return;o==null||o===!1&&t[4]!="-"?e.removeAttribute(t):e.setAttribute(t,t=="popover"&&o==1?"":o)}}function Na(e){return function(t){var o=this.__e;if(o){if(o=o[e],t[Dt]==null)t[Dt]=Po++;else if(t[Dt]<this.__a[e])return;return o(w.event?w.event(t):t)}}}function Io(e,t,o,n,r,i,a,c,f,m){var p,y,h,d,_,g,$,N,E,ne,H,Eo,Rn,Mt,je,An,qe,Ke,Ie=t.type;if(t.constructor!==_t)return null;128&o.__u&&(f=32&o.__u,p=o.__c.__z)&&(t.__u|=f,y=i=[],p.nodeType==8?c=qt(p,i):i.push(p),c=i[0]||c),(p=w.__b)&&p(t);e:if(typeof Ie=="function"){h=a.length;try{if(N=t.props,E=(p=Ie.prototype)&&p.render,ne=(p=Ie.contextType)&&n[p.__c],H=p?ne?ne.props.value:p.__:n,(d=o.__c)?(t.__c=d,2&d.__g&&(d.__g|=1)):(E?t.__c=d=new Ie(N,H):(t.__c=d=new Je(N,H),d.constructor=Ie,d.render=Ra),ne&&ne.sub(d),d.state||(d.state={}),d.__n=n,d.__g|=8,d.__h=[],d.__k=[]),E&&(d.__s||(d.__s=d.state),Ie.getDerivedStateFromProps&&(d.__s==d.state&&(d.__s=Xe({},d.__s)),Xe(d.__s,Ie.getDerivedStateFromProps(N,d.__s)))),_=d.props,g=d.state,d.__v=t,o.__c){if(N!==_&&E&&!Ie.getDerivedStateFromProps&&d.componentWillReceiveProps&&d.componentWillReceiveProps(N,H),t.__v==o.__v&&!(8&d.__g)||!(4&d.__g)&&d.shouldComponentUpdate&&d.shouldComponentUpdate(N,d.__s,H)===!1){t.__v!=o.__v&&(d.props=N,d.state=d.__s,d.__g&=-9),t.__e=o.__e,t.__k=o.__k,t.__k.some(function($e){$e&&($e.__=t)}),Vt.push.apply(d.__h,d.__k),d.__k=[],d.__h.length&&a.push(d),c=ze(o);break e}d.componentWillUpdate&&d.componentWillUpdate(N,d.__s,H),E&&d.componentDidUpdate&&d.__h.push(function(){d.componentDidUpdate(_,g,$)})}else E&&!Ie.getDerivedStateFromProps&&d.componentWillMount&&d.componentWillMount(),E&&d.componentDidMount&&d.__h.push(d.componentDidMount);d.context=H,d.props=N,d.__P=e,d.__g&=-5,Eo=w.__r,Rn=E?25:0;do d.__g&=-9,Eo&&Eo(t),p=d.render(d.props,d.state=d.__s,d.context);while(8&d.__g&&++Rn<25);E&&(Vt.push.apply(d.__h,d.__k),d.__k=[]),d.state=d.__s,d.getChildContext&&(n=Xe({},n,d.getChildContext())),E&&o.__c&&d.getSnapshotBeforeUpdate&&($=d.getSnapshotBeforeUpdate(_,g)),Mt=p&&p.type===Ze&&p.key==null?p.props.children:p,N.__P&&(p=c,r=(e=N.__P).namespaceURI,f=i=null,o.props&&o.props.__P!=e&&(o.__k.some(function($e){$e&&Ao($e,$e)}),o.__k=null),c=o.__k?ze(o,0):null),c=Fn(e,ko(Mt)?Mt:[Mt],t,o,n,r,i,a,c,f,m),N.__P&&(t.__e=null,c=p),t.__u&=-161,y&&y.some(Ye),d.__h.length&&a.push(d),1&d.__g&&(d.__g&=-4)}catch($e){if(a.length=h,t.__v=null,f||i)if($e&&$e.then){if(t.__u|=128|f,i){for(~(qe=i.indexOf(c||void 0))||(qe=i.length);(Ke=i[qe-1])&&Ke.nodeType==8;)qe--;for(;qe<i.length;qe++)if(Ke=i[qe])if(i[qe]=null,je){if(Ke==An)break}else{if(Ke.nodeType!=8)break;Ke.data.startsWith("$s")&&(An=qt(je=Ke))}}if(!je){for(;c&&c.nodeType==8&&c.nextSibling;)c=c.nextSibling;je=c}(p=qt(je=t.__c.__z||(t.__c.__z=je)))?(t.__e=je,c=p):t.__e=c,c=c&&c.nextSibling}else i&&i.some(Ye);else t.__e=o.__e;t.__k||(t.__k=o.__k||[]),$e&&$e.then||Vn(t),w.__e($e,t,o)}}else c=t.__e=Ia(o.__e,t,o,n,r,i,a,f,m,e);return(p=w.diffed)&&p(t),c}function qt(e,t){if(e&&e.nodeType==8&&e.data.startsWith("$s"))for(var o=1;e=e.nextSibling;){if(e.nodeType==8){if(e.data.startsWith("$s"))o++;else if(e.data.startsWith("/$s")&&!--o)return e}t&&t.push(e)}}function Vn(e){e&&(e.__c&&(e.__c.__g|=4),e.__k&&e.__k.some(Vn))}function Hn(e,t,o){for(var n=0;n<o.length;)Ro(o[n++],o[n++],o[n++]);w.__c&&w.__c(t,e),e.some(function(r){try{e=r.__h,r.__h=[],e.some(function(i){i.call(r)})}catch(i){w.__e(i,r.__v)}})}function Ia(e,t,o,n,r,i,a,c,f,m){var p,y,h,d,_,g,$,N,E=o.props||zt,ne=t.props,H=t.type;if(H=="svg"?r="http://www.w3.org/2000/svg":H=="math"?r="http://www.w3.org/1998/Math/MathML":r||(r="http://www.w3.org/1999/xhtml"),i){for(p=0;p<i.length;p++)if((_=i[p])&&(H?_.localName==H:_.nodeType==3)){e=_,i[p]=null;break}}if(!e){if(N=m.ownerDocument||document,!H)return N.createTextNode(ne);e=N.createElementNS(r,H,ne.is?ne:m),c&&(w.__m&&w.__m(t,i),c=!1),i=null}if(H){if(m=H=="template"&&e.content||e,i=H=="textarea"&&ne.defaultValue!=null?null:i&&No.call(m.childNodes),!c&&i)for(E={},p=0;p<e.attributes.length;p++)E[(_=e.attributes[p]).name]=_.value;for(p in E)_=E[p],p=="dangerouslySetInnerHTML"?h=_:p=="children"||p in ne||p=="value"&&"defaultValue"in ne||p=="checked"&&"defaultChecked"in ne||Lt(e,p,null,_,r);for(p in ne)_=ne[p],p=="children"?d=_:p=="dangerouslySetInnerHTML"?y=_:p=="value"?g=_:p=="checked"?$=_:c&&typeof _!="function"||E[p]===_||Lt(e,p,_,E[p],r);y?(c||h&&(y.__html==h.__html||y.__html==e.innerHTML)||(e.innerHTML=y.__html),t.__k=[]):(h&&(e.textContent=""),(H=="foreignObject"||r=="http://www.w3.org/1998/Math/MathML"&&wa.test(H))&&(r="http://www.w3.org/1999/xhtml"),Fn(m,ko(d)?d:[d],t,o,n,r,i,a,i?i[0]:o.__k&&ze(o,0),c,f),i&&i.some(Ye)),c&&H!="textarea"||(p="value",H=="progress"&&g==null?e.removeAttribute(p):g==null||g===e[p]&&(H!="progress"||g)||Lt(e,p,g,E[p],r),p="checked",$!=null&&$!=e[p]&&Lt(e,p,$,E[p],r))}else E===ne||c&&e.data==ne||(e.data=ne);return e}function Ro(e,t,o,n){try{typeof e=="function"?t?t.__x=e(t)||1:n&&(n=n.__c||n.__e)&&(t=n.__x)&&(n.__x=null,typeof t=="function"?t():e(null)):e.current=t}catch(r){w.__e(r,o)}}function Ao(e,t,o){var n,r,i,a;if(w.unmount&&w.unmount(e),!(n=e.ref)||n.current&&n.current!=e.__e||Ro(n,null,t,e),n=e.__c){if(n.componentWillUnmount)try{n.componentWillUnmount()}catch(c){w.__e(c,t)}n.__P=n.__n=null}if(n=e.__k)for(a=0;a<n.length;a++)n[a]&&Ao(n[a],t,typeof e.type!="function"||o&&!e.props.__P);!o&&(n=e.__c)&&(n=n.__z)&&(r=qt(n,i=[]))&&(n==e.__e&&i.some(Ye),Ye(r),Ye(n)),o||Ye(e.__e),e.__e=e.__c=e.__=null}function Ra(e,t,o){return this.constructor(e,o)}function Uo(e,t){var o,n,r,i;w.__&&w.__(e,t),t.nodeType==9&&(t=t.documentElement),n=(o=e&&32&e.__u)?null:t.__k,t.__k=ht(Ze,{children:[e]}),r=[],i=[],Io(t,t.__k,n||zt,zt,t.namespaceURI,n?null:t.firstChild?No.call(t.childNodes):null,r,n?n.__e:t.firstChild,o,i),Hn(r,t.__k,i),t.__k.props.children=null}w={__e:function(e,t,o,n){for(var r,i,a;t=t.__;)if((r=t.__c)&&!(1&r.__g)){r.__g|=4;try{if((a=(i=r.constructor)&&i.getDerivedStateFromError)&&r.setState(i.getDerivedStateFromError(e)),r.componentDidCatch&&(r.componentDidCatch(e,n||{}),a=1),a&&8&r.__g)return void(r.__g|=2)}catch(c){e=c}}throw Ft=0,e}},On=0,Co=function(e){return e!=null&&e.constructor===_t},Je.prototype.setState=function(e,t){var o=this.__s;o&&o!=this.state||(o=this.__s=Xe({},this.state)),typeof e=="function"&&(e=e(Xe({},o),this.props)),e&&(Xe(o,e),this.__v&&(t&&this.__k.push(t),Un(this)))},Je.prototype.forceUpdate=function(e){this.__v&&(this.__g|=4,e&&this.__h.push(e),Un(this))},Je.prototype.render=Ze,Fe=[],Ft=0,Mn=function(e,t){return e.__v.__b-t.__v.__b},Dt=Symbol(),Ln=/(PointerCapture)$|Capture$/i,Po=0,wo={},Ta=0;var Wn=function(e,t,o,n){var r;t[0]=0;for(var i=1;i<t.length;i++){var a=t[i++],c=t[i]?(t[0]|=a?1:2,o[t[i++]]):t[++i];a===3?n[0]=c:a===4?n[1]=Object.assign(n[1]||{},c):a===5?(n[1]=n[1]||{})[t[++i]]=c:a===6?n[1][t[++i]]+=c+"":a?(r=e.apply(c,Wn(e,c,o,["",null])),n.push(r),c[0]?t[0]|=2:(t[i-2]=0,t[i]=r)):n.push(c)}return n},Qn=new Map;function Gn(e){var t=Qn.get(this);return t||(t=new Map,Qn.set(this,t)),(t=Wn(this,t.get(e)||(t.set(e,t=function(o){for(var n,r,i=1,a="",c="",f=[0],m=function(h){i===1&&(h||(a=a.replace(/^\s*\n\s*|\s*\n\s*$/g,"")))?f.push(0,h,a):i===3&&(h||a)?(f.push(3,h,a),i=2):i===2&&a==="..."&&h?f.push(4,h,0):i===2&&a&&!h?f.push(5,0,!0,a):i>=5&&((a||!h&&i===5)&&(f.push(i,0,a,r),i=6),h&&(f.push(i,h,0,r),i=6)),a=""},p=0;p<o.length;p++){p&&(i===1&&m(),m(p));for(var y=0;y<o[p].length;y++)n=o[p][y],i===1?n==="<"?(m(),f=[f],i=3):a+=n:i===4?a==="--"&&n===">"?(i=1,a=""):a=n+a[0]:c?n===c?c="":a+=n:n==='"'||n==="'"?c=n:n===">"?(m(),i=1):i&&(n==="="?(i=5,r=a,a=""):n==="/"&&(i<5||o[p][y+1]===">")?(m(),i===3&&(f=f[0]),i=f,(f=f[0]).push(2,0,i),i=0):n===" "||n==="	"||n===`
`||n==="\r"?(m(),i=2):a+=n),i===3&&a==="!--"&&(i=4,f=f[0])}return m(),f}(e)),t),arguments,[])).length>1?t:t[0]}var s=Gn.bind(bt);var yt,ee,Bo,jn,Oo=Object.is,Ht=0,nr=[],Mo=[],J=w,Kn=J.__b,Yn=J.__r,Xn=J.diffed,Jn=J.__c,Zn=J.unmount,er=J.__;function Do(e,t){J.__h&&J.__h(ee,e,Ht||t),Ht=0;var o=ee.__H||(ee.__H={__:[],__h:[]});return e>=o.__.length&&o.__.push({}),o.__[e]}function S(e){return Ht=1,Aa(ir,e)}function Aa(e,t,o){var n=Do(yt++,2);if(n.t=e,!n.__c&&(n.__=[o?o(t):ir(void 0,t),function(i){var a=(n.__N||n.__)[0],c=n.t(a,i);Oo(a,c)||(n.__N=[c,n.__[1]],n.__c.setState({}))}],n.__c=ee,!ee.__f)){ee.__f=!0;var r=ee.shouldComponentUpdate;ee.shouldComponentUpdate=function(i,a,c){var f=this.__H;if(!f)return!0;var m=!1,p=this.props!=i;if(f.__.some(function(h){h.__N&&(m=!0,Oo(h.__[0],h.__N[0])||(p=!0))}),r){var y=r.call(this,i,a,c);return m?y||p:y}return!m||p}}return n.__}function ue(e,t){var o=Do(yt++,3);!J.__s&&rr(o.__H,t)&&(o.__P=!0,o.__=e,o.u=t,ee.__H.__h.push(o))}function Re(e){return Ht=5,Qt(function(){return{current:e}},[])}function Qt(e,t){var o=Do(yt++,7);return rr(o.__H,t)&&(o.__=e(),o.__H=t),o.__}function Ua(){var e;do{for(;e=Mo.shift();)try{$t(e)}catch(o){J.__e(o,{__:(e=e.__P)&&e.__v})}for(;e=nr.shift();){var t=e.__H;if(e.__P&&t)try{t.__h.some($t),t.__h.some(Lo),t.__h=[]}catch(o){t.__h=[],J.__e(o,e.__v)}}}while(Mo.length)}J.__b=function(e){ee=null,Kn&&Kn(e)},J.__=function(e,t){e&&t.__k&&t.__k.__m&&(e.__m=t.__k.__m),er&&er(e,t)},J.__r=function(e){Yn&&Yn(e),yt=0;var t=(ee=e.__c).__H;t&&(Bo==ee?ee.__h=[]:(t.__h.some($t),t.__h.some(Lo),yt=0),t.__h=[],t.__.some(function(o){o.__N&&(o.__=o.__N),o.u=o.__N=void 0})),Bo=ee},J.diffed=function(e){Xn&&Xn(e);var t=e.__c;t&&t.__H&&(t.__H.__h.length&&or(nr.push(t)),t.__H.__.some(function(o){o.u&&(o.__H=o.u)})),Bo=ee=null},J.__c=function(e,t){t.some(function(o){try{o.__h.some($t),o.__h=o.__h.filter(function(n){return!n.__||Lo(n)})}catch(n){o.__h=[function(){throw n}]}}),Jn&&Jn(e,t)},J.unmount=function(e){Zn&&Zn(e);var t,o,n=e.__c;n&&n.__H&&(n.__H.__.some(function(r){try{if(r.__P&&r.__c){if(o===void 0){for(o=e.__;o&&(!o.__c||!o.__c.__P);)o=o.__;o=o&&o.__c}r.__P=o,or(Mo.push(r))}else $t(r)}catch(i){t=i}}),n.__H=void 0,t&&J.__e(t,n.__v))};var tr=typeof requestAnimationFrame=="function";function Ba(e){var t,o=function(){clearTimeout(n),tr&&cancelAnimationFrame(t),setTimeout(e)},n=setTimeout(o,35);tr&&(t=requestAnimationFrame(o))}function or(e){e!=1&&jn==J.requestAnimationFrame||((jn=J.requestAnimationFrame)||Ba)(Ua)}function $t(e){var t=ee,o=e.__c;typeof o=="function"&&(e.__c=void 0,o()),ee=t}function Lo(e){var t=ee;e.__c=e.__(),ee=t}function rr(e,t){return!e||e.length!=t.length||t.some(function(o,n){return!Oo(o,e[n])})}function ir(e,t){return typeof t=="function"?t(e):t}var Oa=Symbol.for("preact-signals");function Kt(){if(Ae>1)Ae--;else{var e,t=!1;for(function(){var r=Gt;for(Gt=void 0;r!==void 0;){var i=r.S;if(i.v===r.v)for(var a=i.t;a!==void 0;a=a.x)a.i===r.i&&(a.i=i.i);r=r.o}}();gt!==void 0;){var o=gt;for(gt=void 0,Wt++;o!==void 0;){var n=o.u;if(o.u=void 0,o.f&=-3,!(8&o.f)&&ar(o))try{o.c()}catch(r){t||(e=r,t=!0)}o=n}}if(Wt=0,Ae--,t)throw e}}function Fo(e){if(Ae>0)return e();qo=++Ma,Ae++;try{return e()}finally{Kt()}}var vt,F=void 0;function St(e){var t=F,o=vt;F=void 0,vt=void 0;try{return e()}finally{F=t,vt=o}}var gt=void 0,Ae=0,Wt=0,Ma=0,qo=0,Gt=void 0,jt=0;function sr(e){if(F!==void 0){var t=e.n;if(t===void 0||t.t!==F)return t={i:0,S:e,p:F.s,n:void 0,t:F,e:void 0,x:void 0,r:t},F.s!==void 0&&(F.s.n=t),F.s=t,e.n=t,32&F.f&&e.S(t),t;if(t.i===-1)return t.i=0,t.n!==void 0&&(t.n.p=t.p,t.p!==void 0&&(t.p.n=t.n),t.p=F.s,t.n=void 0,F.s.n=t,F.s=t),t}}function te(e,t){this.v=e,this.i=0,this.n=void 0,this.t=void 0,this.l=0,this.W=t?.watched,this.Z=t?.unwatched,this.name=t?.name}te.prototype.brand=Oa;te.prototype.h=function(){return!0};te.prototype.S=function(e){var t=this,o=this.t;o!==e&&e.e===void 0&&(e.x=o,this.t=e,o!==void 0?o.e=e:St(function(){var n;(n=t.W)==null||n.call(t)}))};te.prototype.U=function(e){var t=this;if(this.t!==void 0){var o=e.e,n=e.x;o!==void 0&&(o.x=n,e.e=void 0),n!==void 0&&(n.e=o,e.x=void 0),e===this.t&&(this.t=n,n===void 0&&St(function(){var r;(r=t.Z)==null||r.call(t)}))}};te.prototype.subscribe=function(e){var t=this;return Ue(function(){var o=t.value;St(function(){return e(o)})},{name:"sub"})};te.prototype.valueOf=function(){return this.value};te.prototype.toString=function(){return this.value+""};te.prototype.toJSON=function(){return this.value};te.prototype.peek=function(){var e=this;return St(function(){return e.value})};Object.defineProperty(te.prototype,"value",{get:function(){var e=sr(this);return e!==void 0&&(e.i=this.i),this.v},set:function(e){if(e!==this.v){if(Wt>100)throw new Error("Cycle detected");(function(o){Ae!==0&&Wt===0&&o.l!==qo&&(o.l=qo,Gt={S:o,v:o.v,i:o.i,o:Gt})})(this),this.v=e,this.i++,jt++,Ae++;try{for(var t=this.t;t!==void 0;t=t.x)t.t.N()}finally{Kt()}}}});function Q(e,t){return new te(e,t)}function ar(e){for(var t=e.s;t!==void 0;t=t.n)if(t.S.i!==t.i||!t.S.h()||t.S.i!==t.i)return!0;return!1}function cr(e){for(var t=e.s;t!==void 0;t=t.n){var o=t.S.n;if(o!==void 0&&(t.r=o),t.S.n=t,t.i=-1,t.n===void 0){e.s=t;break}}}function lr(e){for(var t=e.s,o=void 0;t!==void 0;){var n=t.p;t.i===-1?(t.S.U(t),n!==void 0&&(n.n=t.n),t.n!==void 0&&(t.n.p=n)):o=t,t.S.n=t.r,t.r!==void 0&&(t.r=void 0),t=n}e.s=o}function et(e,t){te.call(this,void 0,t),this.x=e,this.s=void 0,this.g=jt-1,this.f=4}et.prototype=new te;et.prototype.h=function(){if(this.f&=-3,1&this.f)return!1;if((36&this.f)==32||(this.f&=-5,this.g===jt))return!0;if(this.g=jt,this.f|=1,this.i>0&&!ar(this))return this.f&=-2,!0;var e=F;try{cr(this),F=this;var t=this.x();(16&this.f||this.v!==t||this.i===0)&&(this.v=t,this.f&=-17,this.i++)}catch(o){this.v=o,this.f|=16,this.i++}return F=e,lr(this),this.f&=-2,!0};et.prototype.S=function(e){if(this.t===void 0){this.f|=36;for(var t=this.s;t!==void 0;t=t.n)t.S.S(t)}te.prototype.S.call(this,e)};et.prototype.U=function(e){if(this.t!==void 0&&(te.prototype.U.call(this,e),this.t===void 0)){this.f&=-33;for(var t=this.s;t!==void 0;t=t.n)t.S.U(t)}};et.prototype.N=function(){if(!(2&this.f)){this.f|=6;for(var e=this.t;e!==void 0;e=e.x)e.t.N()}};Object.defineProperty(et.prototype,"value",{get:function(){if(1&this.f)throw new Error("Cycle detected");var e=sr(this);if(this.h(),e!==void 0&&(e.i=this.i),16&this.f)throw this.v;return this.v}});function Yt(e,t){return new et(e,t)}function ur(e){var t=e.j;if(e.j=void 0,typeof t=="function"){Ae++;var o=F;F=void 0;try{t()}catch(n){throw e.f&=-2,e.f|=8,zo(e),n}finally{F=o,Kt()}}}function zo(e){for(var t=e.s;t!==void 0;t=t.n)t.S.U(t);e.x=void 0,e.s=void 0,ur(e)}function La(e){if(F!==this)throw new Error("Out-of-order effect");lr(this),F=e,this.f&=-2;try{8&this.f&&zo(this)}finally{Kt()}}function ct(e,t){this.x=e,this.j=void 0,this.s=void 0,this.u=void 0,this.f=32,this.name=t?.name,vt&&vt.push(this)}ct.prototype.c=function(){var e=this.S();try{if(8&this.f||this.x===void 0)return;var t=this.x();typeof t=="function"&&(this.j=t)}finally{e()}};ct.prototype.S=function(){if(1&this.f)throw new Error("Cycle detected");this.f|=1,this.f&=-9,ur(this),cr(this),Ae++;var e=F;return F=this,La.bind(this,e)};ct.prototype.N=function(){2&this.f||(this.f|=2,this.u=gt,gt=this)};ct.prototype.d=function(){this.f|=8,1&this.f||zo(this)};ct.prototype.dispose=function(){this.d()};function Ue(e,t){var o=new ct(e,t);try{o.c()}catch(r){throw o.d(),r}var n=o.d.bind(o);return n[Symbol.dispose]=n,n}var dr,Jt,Xt,Da=typeof window<"u"&&!!window.__PREACT_SIGNALS_DEVTOOLS__;var pr=[];Ue(function(){dr=this.N})();function lt(e,t){w[e]=t.bind(null,w[e]||function(){})}function xt(e){if(Xt){var t=Xt;Xt=void 0,t()}Xt=e&&e.S()}function fr(e){var t=this,o=e.data,n=Fa(o);n.name="ReactiveDom",n.value=o;var r=Qt(function(){for(var c=t,f=t.__v;f=f.__;)if(f.__c){f.__c.__$f|=4;break}var m=Yt(function(){var d=n.value.value;return d===0?0:d===!0?"":d||""}),p=Yt(function(){return!Array.isArray(m.value)&&!Co(m.value)}),y=Ue(function(){if(this.N=mr,p.value){var d=m.value;c.__v&&c.__v.__e&&c.__v.__e.nodeType===3&&(c.__v.__e.data=d)}}),h=t.__$u.d;return t.__$u.d=function(){y(),h.call(this)},[p,m]},[]),i=r[0],a=r[1];return i.value?a.peek():a.value}fr.displayName="ReactiveTextNode";Object.defineProperties(te.prototype,{constructor:{configurable:!0,value:bt(Ze,null).constructor},type:{configurable:!0,value:fr},props:{configurable:!0,get:function(){var e=this;return{data:{get value(){return e.value}}}}},__b:{configurable:!0,value:1}});lt("__b",function(e,t){if(xt(),Jt=void 0,typeof t.type=="string"){var o,n=t.props;for(var r in n)if(r!=="children"){var i=n[r];i instanceof te&&(o||(t.__np=o={}),o[r]=i,n[r]=i.peek())}}e(t)});lt("__r",function(e,t){if(e(t),t.type!==Ze){xt();var o,n=t.__c;n&&(n.__$f&=-2,(o=n.__$u)===void 0&&(n.__$u=o=function(r,i){var a;return Ue(function(){a=this},{name:i}),a.c=r,a}(function(r){return function(){var i;Da&&((i=this.y)==null||i.call(this)),r.__$f|=1,r.setState({})}}(n),typeof t.type=="function"?t.type.displayName||t.type.name:""))),Jt=n,xt(o)}});lt("__e",function(e,t,o,n){xt(),Jt=void 0,e(t,o,n)});lt("diffed",function(e,t){xt(),Jt=void 0;var o;if(typeof t.type=="string"&&(o=t.__e)){var n=t.__np,r=t.props,i=o.U;if(i)for(var a in i){var c=i[a];c===void 0||n&&a in n||(c.d(),i[a]=void 0)}if(n){i||(i={},o.U=i);for(var f in n){var m=i[f],p=n[f];m===void 0?(m=qa(o,f,p,r),i[f]=m):m.o(p,r)}}}e(t)});function qa(e,t,o,n){var r=t in e&&e.ownerSVGElement===void 0,i=Q(o);return{o:function(a,c){i.value=a,n=c},d:Ue(function(){this.N=mr;var a=i.value.value;n[t]!==a&&(n[t]=a,r?e[t]=a:a!=null&&(a!==!1||t[4]==="-")?e.setAttribute(t,a):e.removeAttribute(t))})}}lt("unmount",function(e,t){if(typeof t.type=="string"){var o=t.__e;if(o){var n=o.U;if(n){o.U=void 0;for(var r in n){var i=n[r];i&&i.d()}}}var a=t.__np;if(a){var c=t.props;for(var f in a)c[f]=a[f]}t.__np=void 0}else{var m=t.__c;if(m){m.__$f|=8;var p=m.__$u;p&&(m.__$u=void 0,p.d())}}e(t)});lt("__h",function(e,t,o,n){n<3&&(t.__$f|=2),e(t,o,n)});Je.prototype.shouldComponentUpdate=function(e,t){if(this.__R)return!0;var o=this.__$u,n=o&&o.s!==void 0;for(var r in t)return!0;if(this.__f||typeof this.u=="boolean"&&this.u===!0){var i=2&this.__$f;if(!(n||i||4&this.__$f)||1&this.__$f)return!0}else if(!(n||4&this.__$f)||3&this.__$f)return!0;for(var a in e)if(a!=="__source"&&e[a]!==this.props[a])return!0;for(var c in this.props)if(!(c in e))return!0;return!1};function Fa(e,t){return Qt(function(){return Q(e,t)},[])}var za=function(e){queueMicrotask(function(){queueMicrotask(e)})};function Va(){Fo(function(){for(var e;e=pr.shift();)dr.call(e)})}function mr(){pr.push(this)===1&&(w.requestAnimationFrame||za)(Va)}var de=Q("unknown"),hr={viewer:0,operator:1,admin:2};function re(e){let{value:t}=de;return typeof t=="object"&&hr[t.role]>=hr[e]}function _r(){let{value:e}=de;return typeof e=="object"?e.csrf_token??"":""}var ye=class extends Error{status;title;detail;code;name;constructor(t,o,n,r){super(n===""?o:`${o}: ${n}`),this.status=t,this.title=o,this.detail=n,this.code=r,this.name="ApiError"}},Vo="/api/v1";function O(e,t={}){let o=new URLSearchParams;for(let[r,i]of Object.entries(t))i!==void 0&&o.set(r,String(i));let n=o.toString();return`${Vo}${e}${n===""?"":`?${n}`}`}function M(e,t,o){return $r("GET",O(e,t),void 0,o)}async function br(e,t,o){let n=await yr(O(e,t),{headers:{accept:o}});if(!n.ok)throw await vr(n);return await n.text()}function Z(e,t,{query:o,body:n}={}){return $r(e,O(t,o),n)}async function $r(e,t,o,n){let r=new Headers;o!==void 0&&r.set("content-type","application/json"),e!=="GET"&&r.set("x-csrf-token",_r());let i=await yr(t,{method:e,headers:r,...o===void 0?{}:{body:JSON.stringify(o)},...n===void 0?{}:{signal:n}});if(!i.ok)throw await vr(i);return i.status===204?void 0:await i.json()}async function yr(e,t){try{return await fetch(e,t)}catch(o){throw t.signal?.aborted?o:new ye(0,"The broker cannot be reached","","unreachable")}}async function vr(e){let t=await e.json().catch(()=>({})),{title:o=e.statusText,detail:n="",code:r="",errors:i=[]}=t;r==="not_authenticated"&&(de.value=void 0);let a=i.map(c=>`${c.pointer}: ${c.detail}`);return new ye(e.status,o,[n,...a].join(" "),r)}var tt=Q("off"),ut=new Map,ot,gr="dropped";function Sr(e,t){for(let o of[...e,gr]){let n=ut.get(o);n===void 0?(ut.set(o,new Set([t])),ot?.addEventListener(o,Ho)):n.add(t)}return Er(),()=>{for(let o of ut.values())o.delete(t);Cr()||wr()}}function Ho({type:e}){for(let t of[...ut.get(e)??[]])t()}var Ha=1e4,xr;function Er(){if(ot!==void 0||document.hidden)return;tt.value="connecting";let e=new EventSource(`${Vo}/events`);ot=e,e.onopen=()=>tt.value="live",e.onerror=()=>{tt.value="connecting",e.readyState===EventSource.CLOSED&&(ot=void 0,xr=setTimeout(Tr,Ha))};for(let t of ut.keys())e.addEventListener(t,Ho)}function Tr(){ot!==void 0||!Cr()||(Er(),Ho(new Event(gr)))}function wr(){clearTimeout(xr),ot?.close(),ot=void 0,tt.value="off"}function Cr(){return[...ut.values()].some(e=>e.size>0)}document.addEventListener("visibilitychange",()=>document.hidden?wr():Tr());async function Pr(){try{de.value=await M("/me")}catch(e){if(!(e instanceof ye)||e.status!==401)throw e;de.value=void 0}}async function kr(e,t){de.value=await Z("POST","/login",{body:{name:e,password:t}})}async function Nr(){await Z("POST","/logout"),de.value=void 0}var Qo=Q(void 0);function W(e){Qo.value=e}function Ir(){let{value:e}=Qo;return e===void 0?null:s`<${Qa} key=${e.title} question=${e} />`}function Qa({question:{title:e,body:t,action:o,dangerous:n,run:r}}){let i=Re(null),[a,c]=S(),[f,m]=S(!1);ue(()=>i.current?.showModal(),[]);let p=()=>Qo.value=void 0;return s`
    <dialog ref=${i} onClose=${p} aria-labelledby="dialog-title">
      <form onSubmit=${async h=>{h.preventDefault(),m(!0);try{await r(new FormData(h.target)),p()}catch(d){c(d instanceof Error?d.message:String(d))}finally{m(!1)}}}>
          <h2 id="dialog-title">${e}</h2>
          ${t}
          ${a===void 0?null:s`<p class="failure" role="alert">${a}</p>`}
          <div class="actions">
            <button type="button" onClick=${p}>Cancel</button>
            <button type="submit" class=${n?"danger":"primary"} disabled=${f}>
              ${o}
            </button>
          </div>
        </form>
    </dialog>
  `}var Wa=3,Ga=6e3,Et=Q([]);function A(e,t=!1){let o={text:e,failed:t};Et.value=[...Et.value,o].slice(-Wa),setTimeout(()=>{Et.value=Et.value.filter(n=>n!==o)},Ga)}async function Ve(e,t){try{return await e(),A(t),!0}catch(o){return A(o instanceof Error?o.message:String(o),!0),!1}}function Rr(){return s`<div class="notices" role="status" aria-live="polite">${Et.value.map(({text:e,failed:t})=>s`<p class=${t?"notice failure":"notice"}>${e}</p>`)}</div>`}function q(){return s`<p class="state" role="status"><span class="spinner"></span> Loading</p>`}function V({title:e,hint:t}){return s`<div class="state"><p><strong>${e}</strong></p>${t===void 0?null:s`<p>${t}</p>`}</div>`}function B({error:e,retry:t}){return s`<div class="state failure" role="alert"><p><strong>That did not work.</strong></p>
    <p>${e.message}</p>${t===void 0?null:s`<button type="button" onClick=${t}>Try again</button>`}</div>`}var ja=new Intl.NumberFormat("en"),Wo=new Intl.NumberFormat("en",{maximumSignificantDigits:3});function b(e){return Number.isInteger(e)?ja.format(e):Wo.format(e)}function He(e){return`${Wo.format(e)}/s`}var Ar=["B","KiB","MiB","GiB","TiB"];function C(e){let t=0,o=e;for(;o>=1024&&t<Ar.length-1;)o/=1024,t++;return`${Wo.format(o)} ${Ar[t]}`}function Be(e){let t=[[86400,"d"],[3600,"h"],[60,"m"],[1,"s"]],o=[],n=Math.max(0,Math.round(e));for(let[r,i]of t){let a=Math.floor(n/r);n-=a*r,a>0&&o.length<2&&o.push(`${a} ${i}`)}return o.length===0?"0 s":o.join(" ")}function Ur(e){let t=(Date.now()-Date.parse(e))/1e3;return t<1?"just now":`${Be(t).split(" ").slice(0,2).join(" ")} ago`}function Qe(e){return new Date(e).toLocaleString("sv")}var Ka="overview",dt=Q(Go(location.hash));addEventListener("hashchange",()=>{dt.value=Go(location.hash)});function Go(e){let[t="",o=""]=e.replace(/^#\/?/,"").split(/\?(.*)/s);return{page:t===""?Ka:t,query:new URLSearchParams(o)}}function j(e,t={}){let o=new URLSearchParams;for(let[r,i]of Object.entries(t))i!==void 0&&i!==""&&o.set(r,String(i));let n=o.toString();return`#/${e}${n===""?"":`?${n}`}`}function Zt(e,t){location.hash=j(e,t)}function ve(e,{push:t=!1}={}){let{page:o,query:n}=dt.value,r=j(o,{...Object.fromEntries(n),...e});t?location.hash=r:(history.replaceState(null,"",r),dt.value=Go(r))}function L(e){return dt.value.query.get(e)??""}function Br({columns:e,shown:t}){if(!e.some(({optional:i})=>i))return null;let[o,...n]=e,r=(i,a)=>{let c=e.map(m=>m.key).filter(m=>m===o.key||(m===i?a:t.includes(m))),f=e.filter(({optional:m})=>!m).map(m=>m.key);ve({columns:c.join()===f.join()?"":c.join()})};return s`
    <details class="menu">
      <summary>Columns</summary>
      <div class="menu-body">${n.map(({key:i,title:a})=>s`<label><input type="checkbox" checked=${t.includes(i)}
        onChange=${c=>r(i,c.target.checked)} />
        ${a}</label>`)}</div>
    </details>
  `}function Ya(e){return`'${e.replaceAll("'","'\\''")}'`}function Or(e){return`curl -g -H "Authorization: Bearer $TIDEMQ_TOKEN" ${Ya(location.origin+e)}`}function G({url:e}){return s`<button type="button" class="quiet" onClick=${async()=>{try{await navigator.clipboard.writeText(Or(e)),A("Copied. TIDEMQ_TOKEN has to hold an API token.")}catch{A(Or(e))}}}>Copy as curl</button>`}var Mr="text/csv",Xa=6e4;function Lr({label:e,path:t,query:o}){let n=async()=>{let r=await br(t,o,Mr),i=URL.createObjectURL(new Blob([r],{type:Mr})),a=document.createElement("a");a.href=i,a.download=`${e.toLowerCase().replaceAll(" ","-")}.csv`,a.click(),setTimeout(()=>URL.revokeObjectURL(i),Xa)};return s`
    <button type="button" class="quiet"
      onClick=${()=>void Ve(n,"Downloaded.")}>CSV</button>
  `}var Ja=1e3;function z(e,t,{events:o=[],everyMs:n}={}){let[r,i]=S(0),[a,c]=S({key:e}),[f,m]=S(!0),p=Re(t);p.current=t,ue(()=>{let _=new AbortController;m(!0),p.current(_.signal).then($=>g({key:e,value:$}),$=>g(N=>({...N.key===e?N:{},key:e,error:$})));function g($){_.signal.aborted||(c($),m(!1))}return()=>_.abort()},[e,r]);let y=()=>i(_=>_+1);ue(()=>{let _=o.length===0?()=>{}:Sr(o,Za(y)),g=n===void 0?void 0:setInterval(()=>{document.hidden||y()},n);return()=>{_(),clearInterval(g)}},[o.join(),n]);let{value:h,error:d}=a.key===e?a:{};return{value:h,error:d,loading:f,reload:y}}function Za(e){let t=!1,o=!1;return function n(){if(t){o=!0;return}t=!0,o=!1,e(),setTimeout(()=>{t=!1,o&&n()},Ja)}}var ec=1e4;function pe(e){let{path:t,filters:o={},columns:n,empty:r,events:i,everyMs:a=ec,version:c=0}=e,[f,m]=[L("sort"),L("cursor")],p=Dr({...o,sort:f,cursor:m,count:"true"}),y=O(t,p),h=z(`${y} ${c}`,$=>M(t,p,$),{events:i,everyMs:a}),d=nc(n),{value:_,error:g}=h;return s`<section class="list" aria-label=${e.label} aria-busy=${h.loading}>
    <div class="list-bar">
      <p class="total">${_===void 0?"":rc(_)}</p>
      <${Br} columns=${n} shown=${d.map(({key:$})=>$)} />
      <button type="button" class="quiet" onClick=${h.reload}>Refresh</button>
      <${Lr} label=${e.label} path=${t}
        query=${Dr({...o,sort:f})} />
      <${G} url=${y} />
    </div>
    ${g===void 0?null:s`<${B} error=${g} retry=${h.reload} />`}
    ${_===void 0&&g===void 0?s`<${q} />`:null}
    ${_?.items.length===0?s`<${V} ...${oc(_,r)} />`:null}
    ${_===void 0||_.items.length===0?null:s`<${ic} ...${e} columns=${d} items=${_.items} reload=${h.reload} />`}
    <${ac} cursor=${m} next=${_?.next_cursor??null} />
  </section>`}var tc={title:"None among the first ones that were looked at.",hint:"The next page goes on behind them."};function oc(e,t){return e.next_cursor===null?t:tc}function Dr(e){return Object.fromEntries(Object.entries(e).filter(([,t])=>t!==""))}function nc(e){let t=L("columns");if(t==="")return e.filter(({optional:n})=>!n);let o=t.split(",");return e.filter(({key:n})=>o.includes(n))}function rc({total:e,items:t}){if(e===void 0)return`${b(t.length)} shown`;let o=e.relation==="gte"?" or more":"";return`${b(t.length)} of ${b(e.value)}${o}`}function ic(e){let{label:t,columns:o,items:n,keyOf:r,bulk:i=[],reload:a}=e,[c,f]=S(new Set),m=n.map(r),p=m.filter(_=>c.has(_)),y=(_,g)=>{let $=new Set(c);for(let N of _)g?$.add(N):$.delete(N);f($)},h=()=>{f(new Set),a()},d=i.length>0;return s`
    ${d&&s`<div class="bulk" role="group" aria-label="With the selected rows">
      <span>${p.length} selected</span>
      ${i.map(_=>s`
          <button type="button" disabled=${p.length===0}
            onClick=${()=>_.run(p,h)}>${_.label}</button>
        `)}</div>`}
      <div class="scroll" tabindex="0" role="region" aria-label=${`${t}, rows`}>
      <table>
        <thead>
          <tr>
            ${d&&s`<th class="pick"><input type="checkbox" aria-label="Select all rows"
          checked=${p.length===m.length}
          onChange=${_=>y(m,_.target.checked)} />
        </th>`}
            ${o.map(_=>s`<${sc} key=${_.key} column=${_} />`)}
          </tr>
        </thead>
        <tbody>${n.map((_,g)=>s`<tr key=${m[g]}>
        ${d&&s`<td class="pick"><input type="checkbox"
          aria-label=${`Select ${m[g]}`} checked=${c.has(m[g])}
          onChange=${$=>y([m[g]],$.target.checked)} /></td>`}
        ${o.map($=>s`<td class=${jo($)}>${$.cell(_)}</td>`)}
      </tr>`)}</tbody>
      </table>
    </div>
  `}function jo({numeric:e,minor:t}){return`${e?"numeric":""} ${t?"minor":""}`}function sc({column:e}){let{title:t,sort:o}=e;if(o===void 0)return s`<th scope="col" class=${jo(e)}>${t}</th>`;let n=L("sort"),[r,i]=[n===o,n===`-${o}`],a=r?"ascending":i?"descending":"none",c=()=>ve({sort:i?o:r?"":`-${o}`,cursor:""});return s`<th scope="col" class=${jo(e)} aria-sort=${a}>
    <button type="button" class="heading" onClick=${c}>${t}<span aria-hidden="true">${r?" \u2191":i?" \u2193":""}</span></button></th>`}function ac({cursor:e,next:t}){if(e===""&&t===null)return null;let o=n=>()=>ve({cursor:n},{push:!0});return s`
    <nav class="pages" aria-label="Pages">
      <button type="button" disabled=${e===""} onClick=${o("")}>First page</button>
      <button type="button" disabled=${e===""} onClick=${()=>history.back()}>
          Previous page</button>
      <button type="button" disabled=${t===null} onClick=${o(t??"")}>Next page</button>
    </nav>
  `}function se({id:e}){return s`<a class="id" href=${j("session",{client_id:e})}>${e===""?"(empty)":e}</a>`}function Oe({topic:e}){return s`<a class="id" href=${j("topics",{topic:e})}>${e}</a>`}function ae({at:e}){return e===null?s`<span class="faint">–</span>`:s`<time datetime=${e} title=${Qe(e)}>${Ur(e)}</time>`}function P({tone:e="plain",children:t}){return s`<span class=${`badge ${e}`}>${t}</span>`}function be({rows:e}){return s`<dl class="facts">${e.map(([t,o])=>s`
        <div key=${t}>
          <dt>${t}</dt>
          <dd>${o}</dd>
        </div>
      `)}</dl>`}var cc=[["viewer","viewer: looks"],["operator","operator: steers clients and messages"],["admin","admin: also gives access to others"]];function Ko(e){return s`<label class="field">Role<select name="role">${cc.map(([t,o])=>s`<option value=${t} selected=${t===e}>${o}</option>`)}</select></label>`}function eo(e,t){let{title:o,what:n,why:r,action:i,remove:a}=e;W({title:o,body:s`
      <p class="id">${n}</p>
      <p>${r}</p>
    `,action:i,dangerous:!0,async run(){await a(),A("Done."),t()}})}function qr(e){W({title:"Add a user",body:s`<label class="field">Name<input name="name" required autocomplete="off"
        autocapitalize="none" spellcheck=${!1} /></label>
      <label class="field">First password<input name="password" type="password" required
        autocomplete="new-password" /></label>${Ko("viewer")}`,action:"Add",async run(t){await Z("POST","/users",{body:Object.fromEntries(t)}),A("Added."),e()}})}function Fr(e,t,o){W({title:"Change the role",body:s`<p class="id">${e}</p>${Ko(t)}`,action:"Change",async run(n){let r={role:n.get("role")};await Z("PATCH",`/users/${encodeURIComponent(e)}`,{body:r}),A("Changed."),o()}})}function zr(e){W({title:"Make a token",body:s`<label class="field">Name<input name="name" required maxlength="100"
        autocomplete="off" /></label>${Ko("viewer")}
      <label class="field">Expires after (days)<input name="days" type="number" min="1"
        max="3650" placeholder="never" /></label>`,action:"Make",async run(t){let o=String(t.get("days")),{token:n}=await Z("POST","/tokens",{body:{name:t.get("name"),role:t.get("role"),...o===""?{}:{expires_in_days:Number(o)}}});e(),setTimeout(()=>lc(n))}})}function lc(e){W({title:"The new token",body:s`
      <p>It is shown this once.</p>
      <pre class="block" tabindex="0">${e}</pre>
    `,action:"I have kept it",run:()=>Promise.resolve()})}function Vr(e){W({title:"Ban somebody",body:s`
      <label class="field">Kind<select name="kind">
              <option value="client_id">client id</option><option value="username">username</option>
              <option value="address">address or range</option></select></label>
      <label class="field">Value<input name="value" required autocomplete="off"
              spellcheck=${!1} /></label>
      <label class="field">Reason<input name="reason" maxlength="1000" /></label>
      <label class="field">For so many hours<input name="hours" type="number" min="1"
              placeholder="until it is lifted" /></label>
      <p class="hint">Who is connected is disconnected.</p>
    `,action:"Ban",dangerous:!0,async run(t){let o=String(t.get("hours"));await Z("POST","/bans",{body:{kind:t.get("kind"),value:t.get("value"),reason:t.get("reason"),...o===""?{}:{expires_in_seconds:Number(o)*3600}}}),A("Banned."),e()}})}function Yo(e){return{key:"actions",title:"Actions",cell:e}}function Hr({role:e}){return s`<${P} tone=${e==="admin"?"warn":"plain"}>${e}<//>`}function Xo(){let[e,t]=S(0);return[e,()=>t(o=>o+1)]}function Qr(){let[e,t]=Xo(),{value:o}=de,n=typeof o=="object"?o.name:"",r=[{key:"name",title:"Name",cell:({name:i})=>s`<span class="id">${i}</span>`},{key:"role",title:"Role",cell:Hr},{key:"created_at",title:"Created",minor:!0,cell:({created_at:i})=>s`<${ae} at=${i} />`},{key:"password_changed_at",title:"Password changed",minor:!0,cell:({password_changed_at:i})=>s`<${ae} at=${i} />`},Yo(({name:i,role:a})=>i===n?s`<span class="faint">you</span>`:s`
        <button type="button" class="quiet" onClick=${()=>Fr(i,a,t)}>
          Change role</button>
        <button type="button" class="quiet" onClick=${()=>eo({title:"Delete this user?",what:i,why:"All sessions of the user end. Tokens that the user made stay.",action:"Delete",remove:()=>Z("DELETE",`/users/${encodeURIComponent(i)}`)},t)}>Delete</button>
      `)];return s`
    <div class="head"><h1>Users</h1>
          <button type="button" onClick=${()=>qr(t)}>Add a user</button></div>
    <${pe} label="Users" path="/users" columns=${r} version=${e}
      keyOf=${({name:i})=>i}
      empty=${{title:"There are no users.",hint:"Add the first one."}} />
  `}function Wr(){let[e,t]=Xo(),o=[{key:"name",title:"Name",cell:({name:n})=>n},{key:"id",title:"Id",minor:!0,cell:({id:n})=>s`<span class="id">${n}</span>`},{key:"role",title:"Role",cell:Hr},{key:"created_by",title:"Created by",minor:!0,cell:({created_by:n})=>n},{key:"expires_at",title:"Expires",minor:!0,cell:({expires_at:n})=>n===null?"never":new Date(n).toLocaleDateString("sv")},{key:"last_used_at",title:"Last used",cell:({last_used_at:n})=>s`<${ae} at=${n} />`},Yo(({id:n,name:r})=>s`<button type="button" class="quiet" onClick=${()=>eo({title:"Revoke this token?",what:r,why:"Whoever uses it is refused at once.",action:"Revoke",remove:()=>Z("DELETE",`/tokens/${n}`)},t)}>Revoke</button>`)];return s`
    <div class="head"><h1>API tokens</h1>
          <button type="button" onClick=${()=>zr(t)}>Make a token</button></div>
    <${pe} label="API tokens" path="/tokens" columns=${o} version=${e}
      keyOf=${({id:n})=>n}
      empty=${{title:"There are no tokens.",hint:"A script needs one to use the API."}} />
  `}function Gr(){let[e,t]=Xo(),o=[{key:"kind",title:"Kind",cell:({kind:n})=>n.replaceAll("_"," ")},{key:"value",title:"Value",cell:({value:n})=>s`<span class="id">${n}</span>`},{key:"reason",title:"Reason",minor:!0,cell:({reason:n})=>n},{key:"by",title:"By",minor:!0,cell:({by:n})=>n},{key:"expires_at",title:"Expires",cell:({expires_at:n})=>n===null?"never":new Date(n).toLocaleString("sv")},...re("operator")?[uc(t)]:[]];return s`
    <div class="head"><h1>Bans</h1>${re("operator")&&s`<button type="button" onClick=${()=>Vr(t)}>Ban somebody</button>`}</div>
    <${pe} label="Bans" path="/bans" columns=${o} version=${e}
      keyOf=${({kind:n,value:r})=>`${n} ${r}`} empty=${{title:"Nobody is banned.",hint:"A ban keeps a client id, a username or an address from connecting."}} />
  `}function uc(e){return Yo(({kind:t,value:o})=>s`<button type="button" class="quiet" onClick=${()=>eo({title:"Lift this ban?",what:o,why:"Whoever it is about may connect again.",action:"Lift",remove:()=>Z("DELETE","/bans",{query:{kind:t,value:o}})},e)}>Lift</button>`)}var dc=250;function oe({name:e,label:t,type:o="search",placeholder:n=""}){let r=L(e),[i,a]=S(r);return ue(()=>a(r),[r]),ue(()=>{if(i===r)return;let c=setTimeout(()=>ve({[e]:i,cursor:""}),dc);return()=>clearTimeout(c)},[i]),s`<label class="field">${t}<input type=${o} min="0" value=${i}
    placeholder=${n} autocomplete="off" spellcheck=${!1}
    onInput=${c=>a(c.target.value)} /></label>`}function Me({name:e,label:t,options:o}){let n=r=>ve({[e]:r.target.value,cursor:""});return s`
    <label
      class="field">${t}<select value=${L(e)} onChange=${n}>${o.map(([r,i])=>s`<option value=${r}>${i}</option>`)}</select></label>
  `}function jr(){let{value:e,error:t,reload:o}=z("config",n=>M("/config",{},n));return s`
    <h1>Configuration</h1>
        <div class="filters" role="search">
      <${oe} name="q" label="Search" placeholder="key or value" />
    </div>
        ${t===void 0?null:s`<${B} error=${t} retry=${o} />`}
        ${e===void 0&&t===void 0?s`<${q} />`:null}
        ${e===void 0?null:s`<${pc} items=${e.items} />`}
  `}function pc({items:e}){let t=L("q").toLowerCase(),o=e.filter(({key:n,value:r})=>`${n} ${JSON.stringify(r)}`.toLowerCase().includes(t));return s`<section class="list" aria-label="Configuration">
    <div class="list-bar"><p class="total">${o.length} of ${e.length}</p>
      <${G} url=${O("/config")} /></div>
    ${o.length===0?s`
        <${V} title="No key is like this."
          hint="A program that embeds the broker may keep its configuration to itself." />
      `:s`
        <div class="scroll" tabindex="0" role="region" aria-label="Configuration, rows">
          <table>
            <thead>
              <tr>
                <th scope="col">Key</th>
                <th scope="col">Value</th>
                <th scope="col">Source</th>
              </tr>
            </thead>
            <tbody>${o.map(({key:n,value:r,source:i})=>s`
                <tr key=${n}>
                  <td class="id">${n}</td>
                  <td class="id">${r===null?s`<span class="faint">not set</span>`:JSON.stringify(r)}</td>
                  <td class=${i==="default"?"faint":""}>${i}</td>
                </tr>
              `)}</tbody>
          </table>
        </div>
      `}</section>`}var Yr=5e3,to={limit:50};function Xr(){return s`
    <h1>Drops and slow subscribers</h1>
    <${fc} />
    <${hc} />
  `}function fc(){let{value:e,error:t,reload:o}=z("slow",n=>M("/slow-subscribers",to,n),{everyMs:Yr});return s`<section class="list" aria-label="Slow subscribers">
    <div class="list-bar"><h2>Slow subscribers, at this moment</h2>
      <${G} url=${O("/slow-subscribers",to)} /></div>
    ${t===void 0?null:s`<${B} error=${t} retry=${o} />`}
    ${e===void 0&&t===void 0?s`<${q} />`:null}
    ${e?.items.length===0?s`
        <${V} title="Everybody keeps up."
          hint="Clients that take messages more slowly than they come stand here." />
      `:null}
    ${e===void 0||e.items.length===0?null:s`<${mc} items=${e.items} />`}
  </section>`}function mc({items:e}){return s`
    <div class="scroll" tabindex="0" role="region" aria-label="Slow subscribers, rows">
      <table>
        <thead>
          <tr>
            <th scope="col">Client id</th>
            <th scope="col">Congestion</th>
            <th scope="col" class="numeric">Unsent</th>
            <th scope="col" class="numeric">Queue</th>
            <th scope="col" class="numeric">Dropped</th>
          </tr>
        </thead>
        <tbody>${e.map(t=>s`
            <tr key=${t.client_id}>
              <td>
                <${se} id=${t.client_id} />
              </td>
              <td>
                <${P} tone=${t.congestion==="slow"?"bad":"warn"}>${t.congestion}<//></td>
                    <td class="numeric">${C(t.pending_bytes)}</td>
                    <td class="numeric">${b(t.queue_len)}</td>
                    <td class="numeric">${b(t.dropped)}</td></tr>
          `)}</tbody>
      </table>
    </div>
  `}function hc(){let{value:e,error:t,reload:o}=z("dropped",r=>M("/dropped",to,r),{everyMs:Yr});if(t!==void 0)return s`<${B} error=${t} retry=${o} />`;if(e===void 0)return s`<${q} />`;let n=Object.entries(e.by_reason);return s`
    <section class="list" aria-label="Dropped messages">
      <div class="list-bar">
        <h2>Dropped since the start: ${b(e.total)}</h2>
        <${G} url=${O("/dropped",to)} />
      </div>
      <${Jo} label="By reason" head="Reason" rows=${n.map(([r,i])=>[r,r.replaceAll("_"," "),b(i)])} />
    </section>
        ${e.total===0?null:s`
          <div class="split even">
            <section class="list" aria-label="Clients that lose most">
              <div class="list-bar">
                <h2>Clients that lose most</h2>
              </div>
              <${Jo} label="By client" head="Client id" rows=${e.clients.map(r=>[r.client_id,s`<${se} id=${r.client_id} />`,Kr(r)])} />
            </section>
            <section class="list" aria-label="Topics that lose most">
              <div class="list-bar">
                <h2>Topics that lose most</h2>
              </div>
              <${Jo} label="By topic" head="Topic" rows=${e.topics.map(r=>[r.topic,s`<${Oe} topic=${r.topic} />`,Kr(r)])} />
            </section>
          </div>
        `}
  `}function Kr({count:e,error:t}){return t===0?b(e):`${b(e-t)} to ${b(e)}`}function Jo({label:e,head:t,rows:o}){return s`
    <div class="scroll" tabindex="0" role="region" aria-label=${`${e}, rows`}>
      <table>
        <thead>
          <tr>
            <th scope="col">${t}</th>
            <th scope="col" class="numeric">Messages</th>
          </tr>
        </thead>
        <tbody>${o.map(([n,r,i])=>s`
            <tr key=${n}>
              <td>${r}</td>
              <td class="numeric">${i}</td>
            </tr>
          `)}</tbody>
      </table>
    </div>
  `}var Jr=2e4,_c=4096,Zo=16;function Pe({payload:e}){let[t,o]=S();if(e.size===0)return s`<p class="faint">No bytes.</p>`;let n=e.encoding==="base64"?void 0:bc(e.text),r=e.encoding==="base64"?["hex"]:n===void 0?["text","hex"]:["json","text","hex"],i=t!==void 0&&r.includes(t)?t:r[0],a=i==="json"?n:i==="hex"?$c(e):e.text,c=a.length>Jr||e.truncated;return s`
    <div class="payload">
      <div class="tabs" role="group"
        aria-label="Form of the payload">${r.map(f=>s`
            <button type="button" class="quiet" aria-pressed=${f===i}
              onClick=${()=>o(f)}>${f}</button>
          `)}<span class="faint">${C(e.size)}${c?", the beginning":""}</span></div>
      <pre tabindex="0">${a.slice(0,Jr)}</pre>
    </div>
  `}function bc(e){if(/^\s*[[{]/.test(e))try{return JSON.stringify(JSON.parse(e),void 0,2)}catch{return}}function $c(e){let t=en(e),o=[];for(let n=0;n<Math.min(t.length,_c);n+=Zo){let r=[...t.subarray(n,n+Zo)],i=r.map(c=>c.toString(16).padStart(2,"0")).join(" "),a=r.map(c=>c>=32&&c<127?String.fromCharCode(c):".");o.push(`${n.toString(16).padStart(6,"0")}  ${i.padEnd(Zo*3)} ${a.join("")}`)}return o.join(`
`)}function en({text:e,encoding:t}){return t!=="base64"?new TextEncoder().encode(e):Uint8Array.from(atob(e),o=>o.charCodeAt(0))}function oo({text:e,encoding:t,size:o}){if(o===0)return"(no bytes)";if(t==="base64")return`(binary, ${C(o)})`;let n=e.slice(0,120).replace(/\s+/g," ");return n.length<e.length?`${n}\u2026`:n}var u={Success:0,GrantedQoS1:1,GrantedQoS2:2,DisconnectWithWill:4,NoMatchingSubscribers:16,NoSubscriptionExisted:17,ContinueAuthentication:24,ReAuthenticate:25,UnspecifiedError:128,MalformedPacket:129,ProtocolError:130,ImplementationSpecificError:131,UnsupportedProtocolVersion:132,ClientIdentifierNotValid:133,BadUserNameOrPassword:134,NotAuthorized:135,ServerUnavailable:136,ServerBusy:137,Banned:138,ServerShuttingDown:139,BadAuthenticationMethod:140,KeepAliveTimeout:141,SessionTakenOver:142,TopicFilterInvalid:143,TopicNameInvalid:144,PacketIdentifierInUse:145,PacketIdentifierNotFound:146,ReceiveMaximumExceeded:147,TopicAliasInvalid:148,PacketTooLarge:149,MessageRateTooHigh:150,QuotaExceeded:151,AdministrativeAction:152,PayloadFormatInvalid:153,RetainNotSupported:154,QoSNotSupported:155,UseAnotherServer:156,ServerMoved:157,SharedSubscriptionsNotSupported:158,ConnectionRateExceeded:159,MaximumConnectTime:160,SubscriptionIdentifiersNotSupported:161,WildcardSubscriptionsNotSupported:162};function nt(e){return e>=128}var he=class extends Error{reasonCode;name;constructor(t,o){super(o),this.reasonCode=t,this.name="PacketError"}};function T(e){return new he(u.MalformedPacket,e)}function x(e){return new he(u.ProtocolError,e)}var l={CONNECT:1,CONNACK:2,PUBLISH:3,PUBACK:4,PUBREC:5,PUBREL:6,PUBCOMP:7,SUBSCRIBE:8,SUBACK:9,UNSUBSCRIBE:10,UNSUBACK:11,PINGREQ:12,PINGRESP:13,DISCONNECT:14,AUTH:15};var tn=class extends Error{name="InvariantError"};function v(e,t){if(!e)throw new tn(t)}var yc=new TextDecoder("utf-8",{fatal:!0,ignoreBOM:!0});function no(e,t,o){if(o-t<=64){let r=vc(e,t,o);if(r!==void 0)return r}let n;try{n=yc.decode(e.subarray(t,o))}catch{return}return n.includes("\0")?void 0:n}function vc(e,t,o){let n=new Array(o-t);for(let r=0;r<n.length;r++){let i=e[t+r];if(i>=128||i===0)return;n[r]=i}return String.fromCharCode.apply(null,n)}function Zr(e){let t=e.length;for(let o=0;o<t;o++){let n=e.charCodeAt(o);if(n>=128||n===0)return gc(e,o)}return t}function gc(e,t){let o=t;for(let n=t;n<e.length;n++){let r=e.charCodeAt(n);if(r===0)return-1;if(r<128)o+=1;else if(r<2048)o+=2;else if(r<55296||r>57343)o+=3;else{let i=e.charCodeAt(++n);if(r>56319||!(i>=56320&&i<=57343))return-1;o+=4}}return o}function ei(e,t,o){let n=o.length;for(let r=0;r<n;r++){let i=o.charCodeAt(r);if(i>=128)return Sc(e,t,o,r);e[t++]=i}return t}function Sc(e,t,o,n){for(let r=n;r<o.length;r++){let i=o.codePointAt(r);if(i<128){e[t++]=i;continue}i<2048?e[t++]=192|i>>6:(i<65536?e[t++]=224|i>>12:(e[t++]=240|i>>18,e[t++]=128|i>>12&63,r++),e[t++]=128|i>>6&63),e[t++]=128|i&63}return t}var xc=268435455,ti=65535;function Te(e){return e<128?1:e<16384?2:e<2097152?3:(v(e<=xc,"a Variable Byte Integer is too large"),4)}function le(e){let t=Zr(e);return v(t>=0,"a string with U+0000 or half a surrogate pair cannot be encoded"),v(t<=ti,"a string is longer than 65,535 bytes"),2+t}function Tt(e){return v(e.length<=ti,"Binary Data is longer than 65,535 bytes"),2+e.length}function D(e,t){e.bytes[e.position++]=t}function ke(e,t){let o=e.bytes,n=e.position;o[n]=t>>>8,o[n+1]=t,e.position=n+2}function oi(e,t){ke(e,t>>>16),ke(e,t&65535)}function wt(e,t){let o=t;for(;o>=128;)D(e,o&127|128),o>>>=7;D(e,o)}function fe(e,t){let o=e.position+2,n=ei(e.bytes,o,t);ke(e,n-o),e.position=n}function Ct(e,t){ke(e,t.length),on(e,t)}function on(e,t){Tc(e,t,0,t.length)}var Ec=96;function Tc(e,t,o,n){let{bytes:r,position:i}=e,a=n-o;if(a>Ec){let c=a===t.length;r.set(c?t:t.subarray(o,n),i)}else for(let c=0;c<a;c++)r[i+c]=t[o+c];e.position=i+a}function ge(e,t){v(t>0&&t<=65535,"a Packet Identifier is out of range"),ke(e,t)}var k=Object.freeze({});var U={CLIENT:1,SERVER:2},me=U.CLIENT|U.SERVER;var ni="+",ri="#";function Le(e){return e.includes(ri)||e.includes(ni)}var it=0,R={BYTE:0,BOOLEAN:1,TWO_BYTE_INTEGER:2,FOUR_BYTE_INTEGER:3,VARIABLE_BYTE_INTEGER:4,STRING:5,STRING_PAIR:6,BINARY:7},{BYTE:ii,BOOLEAN:pt,TWO_BYTE_INTEGER:ro,FOUR_BYTE_INTEGER:Pt,VARIABLE_BYTE_INTEGER:si,STRING:rt}=R,{CONNECT:De,CONNACK:ce,PUBLISH:ao,PUBACK:wc,PUBREC:Cc,PUBREL:Pc,PUBCOMP:kc}=l,{SUBSCRIBE:ci,SUBACK:Nc,UNSUBSCRIBE:Ic,UNSUBACK:Rc,DISCONNECT:io,AUTH:so}=l,kt=[ao,it],li=[wc,Cc,Pc,kc,Nc,Rc],Ac=[De,it,ce,ao,...li,ci,Ic,io,so],ui=[I(1,"payloadFormatIndicator",ii,kt,{allows:ai}),I(2,"messageExpiryInterval",Pt,kt),I(3,"contentType",rt,kt),I(8,"responseTopic",rt,kt,{allows:Bc}),I(9,"correlationData",R.BINARY,kt),I(11,"subscriptionIdentifiers",si,[ao],{repeatable:!0,allows:Nt,senders:U.SERVER}),I(11,"subscriptionIdentifier",si,[ci],{allows:Nt}),I(17,"sessionExpiryInterval",Pt,[De,ce]),I(17,"sessionExpiryInterval",Pt,[io],{senders:U.CLIENT}),I(18,"assignedClientIdentifier",rt,[ce]),I(19,"serverKeepAlive",ro,[ce]),I(21,"authenticationMethod",rt,[De,ce,so]),I(22,"authenticationData",R.BINARY,[De,ce,so]),I(23,"requestProblemInformation",pt,[De]),I(24,"willDelayInterval",Pt,[it]),I(25,"requestResponseInformation",pt,[De]),I(26,"responseInformation",rt,[ce]),I(28,"serverReference",rt,[ce,io],{senders:U.SERVER}),I(33,"receiveMaximum",ro,[De,ce],{allows:Nt}),I(34,"topicAliasMaximum",ro,[De,ce]),I(35,"topicAlias",ro,[ao],{allows:Nt,refusal:u.TopicAliasInvalid}),I(36,"maximumQoS",ii,[ce],{allows:ai}),I(37,"retainAvailable",pt,[ce]),I(39,"maximumPacketSize",Pt,[De,ce],{allows:Nt}),I(40,"wildcardSubscriptionAvailable",pt,[ce]),I(41,"subscriptionIdentifiersAvailable",pt,[ce]),I(42,"sharedSubscriptionAvailable",pt,[ce]),I(31,"reasonString",rt,[ce,...li,io,so]),I(38,"userProperties",R.STRING_PAIR,Ac,{repeatable:!0})];function I(e,t,o,n,r={}){return{identifier:e,name:t,type:o,places:n,senders:r.senders??me,repeatable:r.repeatable??!1,allows:r.allows??Uc,refusal:r.refusal??u.ProtocolError}}function Uc(){return!0}function Nt(e){return e!==0}function ai(e){return e===0||e===1}function Bc(e){return typeof e=="string"&&e.length>0&&!Le(e)}var fi=[],rn=[];for(let e=0;e<16;e++){let t=ui.filter(n=>n.places.includes(e)),o=new Array(128).fill(void 0);for(let n of t)o[n.identifier]=n;fi.push(o),rn.push(t)}function K(e,t){let o=e.readVariableByteInteger();if(o===0)return k;if(o>e.remaining)throw T("properties go beyond their packet");let n=e.end,r=e.position+o;e.end=r;let i={};for(;e.position<r;)Oc(e,t,i);if(e.end=n,i.authenticationData!==void 0&&i.authenticationMethod===void 0)throw x("Authentication Data without Authentication Method");return i}function Oc(e,t,o){let n=e.readByte(),r=fi[t][n];if(r===void 0)throw T(`property ${n} does not belong here`);if((r.senders&e.sender)===0)throw x(`property ${r.name} from the wrong side`);let i=Mc(e,r.type);if(!r.allows(i))throw new he(r.refusal,`property ${r.name} has an excluded value`);let a=o[r.name];if(r.repeatable)a===void 0?o[r.name]=[i]:a.push(i);else{if(a!==void 0)throw x(`property ${r.name} is repeated`);o[r.name]=i}}function Mc(e,t){switch(t){case R.BYTE:return e.readByte();case R.BOOLEAN:{let o=e.readByte();if(o>1)throw x("a property that is either 0 or 1 is neither");return o===1}case R.TWO_BYTE_INTEGER:return e.readUint16();case R.FOUR_BYTE_INTEGER:return e.readUint32();case R.VARIABLE_BYTE_INTEGER:return e.readVariableByteInteger();case R.STRING:return e.readString();case R.STRING_PAIR:return[e.readString(),e.readString()];case R.BINARY:return e.readBinary()}}function st(e,t){if(e===k)return 0;let o=e,n=0;for(let r of rn[t]){let i=o[r.name];if(i!==void 0)if(!r.repeatable)n+=1+pi(r,i);else for(let a of i)n+=1+pi(r,a)}return n}function ie(e,t){let o=st(e,t);return Te(o)+o}function Y(e,t,o){let n=e.position;if(D(e,0),t===k)return;let r=t;for(let f of rn[o]){let m=r[f.name];if(m!==void 0)if(!f.repeatable)di(e,f,m);else for(let p of m)di(e,f,p)}let i=e.position,a=i-n-1,c=Te(a)-1;c>0&&e.bytes.copyWithin(n+1+c,n+1,i),e.position=n,wt(e,a),e.position=i+c}function di(e,t,o){switch(D(e,t.identifier),t.type){case R.BYTE:case R.BOOLEAN:return D(e,Number(o));case R.TWO_BYTE_INTEGER:return ke(e,o);case R.FOUR_BYTE_INTEGER:return oi(e,o);case R.VARIABLE_BYTE_INTEGER:return wt(e,o);case R.STRING:return fe(e,o);case R.STRING_PAIR:{let[n,r]=o;return fe(e,n),fe(e,r)}case R.BINARY:return Ct(e,o)}}function pi(e,t){switch(v(e.allows(t),`property ${e.name} has an excluded value`),e.type){case R.BYTE:case R.BOOLEAN:return 1;case R.TWO_BYTE_INTEGER:return nn(e,t,65535),2;case R.FOUR_BYTE_INTEGER:return nn(e,t,4294967295),4;case R.VARIABLE_BYTE_INTEGER:return nn(e,t,4294967295),Te(t);case R.STRING:return le(t);case R.STRING_PAIR:{let[o,n]=t;return le(o)+le(n)}case R.BINARY:return Tt(t)}}function nn(e,t,o){let n=Number.isInteger(t)&&t>=0&&t<=o;v(n,`property ${e.name} is out of range`)}var sn=8,an=1,_i=3,bi=1;function $i(e){let t=e>>an&_i;if(t===3)throw T("[MQTT-3.3.1-4] a QoS of 3");if(t===0&&(e&sn)!==0)throw T("[MQTT-3.3.1-2] DUP with QoS 0")}function yi(e,t,o){let n=t>>an&_i,r=e.readTopicName(),i=n===0?0:e.readPacketId(),a=o===5?K(e,l.PUBLISH):k;if(r.length===0&&a.topicAlias===void 0)throw x("[MQTT-4.7.3-1] neither Topic Name nor Topic Alias");return{type:l.PUBLISH,dup:(t&sn)!==0,qos:n,retain:(t&bi)!==0,topic:r,packetId:i,payload:e.readRest(),properties:a}}function vi(e){return(e.dup?sn:0)|e.qos<<an|(e.retain?bi:0)}function gi(e,t){let o=Lc(e.topic)+e.payload.length;return e.qos!==0&&(o+=2),t===5&&(o+=ie(e.properties,l.PUBLISH)),o}var mi="",hi=le("");function Lc(e){return e!==mi&&(v(!Le(e),"a Topic Name has no wildcard characters"),hi=le(e),mi=e),hi}function Si(e,t,o){let{qos:n,dup:r,topic:i,packetId:a,payload:c,properties:f}=t;v(i.length>0||o===5&&f.topicAlias!==void 0,"PUBLISH has a Topic Name or a Topic Alias"),fe(e,i),n!==0?ge(e,a):v(a===0&&!r,"QoS 0 has neither Packet Identifier nor DUP"),o===5&&Y(e,f,l.PUBLISH),on(e,c)}var xi=4,Dc=[0,U.CLIENT,U.SERVER,me,me,me,me,me,U.CLIENT,U.SERVER,U.CLIENT,U.SERVER,U.CLIENT,U.SERVER,me,me],qc=8;function cn(e){return e===l.PUBREL||e===l.SUBSCRIBE||e===l.UNSUBSCRIBE?2:0}function Ei(e,t,o){let n=e>>4,r=e&15;if(n===l.PUBLISH?$i(r):Fc(n,r,o),(Dc[n]&t)===0)throw x(`a packet of type ${n} from the wrong side`);if(o===void 0&&n!==l.CONNECT)throw x("[MQTT-3.1.0-1] a packet before CONNECT");if(n===l.DISCONNECT&&t===U.SERVER&&o!==5)throw x("DISCONNECT from a server of 3.x")}function Fc(e,t,o){if(e===0)throw T("packet type 0 is reserved");if(e===l.AUTH&&o!==void 0&&o!==5)throw T("packet type 15 is reserved in 3.x");let n=cn(e);if(t!==n&&!(o===3&&n===2&&t===(n|qc)))throw T(`[MQTT-2.1.3-1] flags ${t} on a packet of type ${e}`)}var zc=64,co=4,Ti=128,lo=class{name;route=void 0;receiver=void 0;routeVersion=-1;counted=void 0;constructor(t){this.name=t}},Ci=new lo(""),ln=class{#e;#t;#o;#n=0;constructor(t=zc){this.#e=new Int32Array(t),this.#t=new Array(t).fill(Ci),this.#o=t-co}get slots(){return this.#t.length}get(t,o,n){let r=wi(t,o,n),i=r&this.#o;for(let a=i;a<i+co;a++){if(this.#e[a]!==r)continue;let c=this.#t[a];if(Pi(c.name,t,o,n))return c}}add(t,o,n){let r=wi(o,n,t.length),i=r&this.#o;this.#e.copyWithin(i+1,i,i+co-1),this.#t.copyWithin(i+1,i,i+co-1);let a=new lo(t);return this.#e[i]=r,this.#t[i]=a,a}sweepRoutes(t,o){for(let n=0;n<t;n++){let r=this.#t[this.#n];this.#n=this.#n+1&this.#t.length-1,r.routeVersion!==o&&(r.route=void 0,r.receiver=void 0,r.routeVersion=-1)}}},uo=class{#e;#t=Ci;constructor(t=new ln){this.#e=t}read(t,o,n){let r=this.known(t,o,n);if(r!==void 0)return r.name;let i=Vc(t,o,n);return i.length===n&&n>0&&n<=Ti&&(this.#t=this.#e.add(i,t,o)),i}known(t,o,n){if(n===0||n>Ti)return;if(Pi(this.#t.name,t,o,n))return this.#t;let r=this.#e.get(t,o,n);return r!==void 0&&(this.#t=r),r}};function Pi(e,t,o,n){if(e.length!==n)return!1;for(let r=n-1;r>=0;r--)if(e.charCodeAt(r)!==t[o+r])return!1;return!0}function wi(e,t,o){let n=t+o,r=o,i=t;for(;i+4<=n;i+=4){let a=e[i]|e[i+1]<<8|e[i+2]<<16|e[i+3]<<24;r=Math.imul(r^a,2654435761),r^=r>>>15}for(;i<n;i++)r=Math.imul(r^e[i],2654435761);return r^r>>>16}function Vc(e,t,o){let n=no(e,t,t+o);if(n===void 0)throw T("[MQTT-3.3.2-1] ill-formed UTF-8 in a Topic Name");if(Le(n))throw new he(u.TopicNameInvalid,"[MQTT-3.3.2-2] a Topic Name with wildcard characters");return n}var ki=new Uint8Array(0),po=class{sender;position=0;end=0;#e=ki;topics;constructor(t,o){this.sender=t,this.topics=new uo(o)}open(t,o,n){this.#e=t,this.position=o,this.end=n}close(){this.#e=ki}get remaining(){return this.end-this.position}readByte(){return this.#t(1),this.#e[this.position++]}readUint16(){this.#t(2);let t=this.#e,o=this.position;return this.position=o+2,t[o]<<8|t[o+1]}readUint32(){return this.readUint16()*65536+this.readUint16()}readVariableByteInteger(){let t=0;for(let o=0;o<=21;o+=7){let n=this.readByte();if(t|=(n&127)<<o,n<128){if(n===0&&o>0)throw T("[MQTT-1.5.5-1] a padded integer");return t}}throw T("a Variable Byte Integer of more than four bytes")}readString(){let t=this.readUint16();this.#t(t);let o=this.position;this.position=o+t;let n=no(this.#e,o,this.position);if(n===void 0)throw T("[MQTT-1.5.4-1] [MQTT-1.5.4-2] ill-formed UTF-8");return n}readTopicName(){let t=this.readUint16();this.#t(t);let o=this.position;return this.position=o+t,this.topics.read(this.#e,o,t)}readBinary(){let t=this.readUint16();this.#t(t);let o=this.position;return this.position=o+t,this.#e.slice(o,this.position)}readPacketId(){let t=this.readUint16();if(t===0)throw x("Packet Identifier 0");return t}readRest(){let t=this.position;return this.position=this.end,this.#e.subarray(t,this.end)}#t(t){if(this.position+t>this.end)throw T("a field goes beyond its packet")}};var un=[];for(let e=0;e<16;e++)un.push(new Uint8Array(256));Se(l.CONNACK,U.SERVER,[u.Success,u.UnspecifiedError,u.MalformedPacket,u.ProtocolError,u.ImplementationSpecificError,u.UnsupportedProtocolVersion,u.ClientIdentifierNotValid,u.BadUserNameOrPassword,u.NotAuthorized,u.ServerUnavailable,u.ServerBusy,u.Banned,u.BadAuthenticationMethod,u.TopicNameInvalid,u.PacketTooLarge,u.QuotaExceeded,u.PayloadFormatInvalid,u.RetainNotSupported,u.QoSNotSupported,u.UseAnotherServer,u.ServerMoved,u.ConnectionRateExceeded]);for(let e of[l.PUBACK,l.PUBREC])Se(e,U.SERVER,[u.NoMatchingSubscribers]),Se(e,me,[u.Success,u.UnspecifiedError,u.ImplementationSpecificError,u.NotAuthorized,u.TopicNameInvalid,u.PacketIdentifierInUse,u.QuotaExceeded,u.PayloadFormatInvalid]);for(let e of[l.PUBREL,l.PUBCOMP])Se(e,me,[u.Success,u.PacketIdentifierNotFound]);Se(l.SUBACK,U.SERVER,[u.Success,u.GrantedQoS1,u.GrantedQoS2,u.UnspecifiedError,u.ImplementationSpecificError,u.NotAuthorized,u.TopicFilterInvalid,u.PacketIdentifierInUse,u.QuotaExceeded,u.SharedSubscriptionsNotSupported,u.SubscriptionIdentifiersNotSupported,u.WildcardSubscriptionsNotSupported]);Se(l.UNSUBACK,U.SERVER,[u.Success,u.NoSubscriptionExisted,u.UnspecifiedError,u.ImplementationSpecificError,u.NotAuthorized,u.TopicFilterInvalid,u.PacketIdentifierInUse]);Se(l.DISCONNECT,U.CLIENT,[u.DisconnectWithWill]);Se(l.DISCONNECT,U.SERVER,[u.NotAuthorized,u.ServerBusy,u.ServerShuttingDown,u.BadAuthenticationMethod,u.KeepAliveTimeout,u.SessionTakenOver,u.TopicFilterInvalid,u.RetainNotSupported,u.QoSNotSupported,u.UseAnotherServer,u.ServerMoved,u.SharedSubscriptionsNotSupported,u.ConnectionRateExceeded,u.MaximumConnectTime,u.SubscriptionIdentifiersNotSupported,u.WildcardSubscriptionsNotSupported]);Se(l.DISCONNECT,me,[u.Success,u.UnspecifiedError,u.MalformedPacket,u.ProtocolError,u.ImplementationSpecificError,u.TopicNameInvalid,u.ReceiveMaximumExceeded,u.TopicAliasInvalid,u.PacketTooLarge,u.MessageRateTooHigh,u.QuotaExceeded,u.AdministrativeAction,u.PayloadFormatInvalid]);Se(l.AUTH,U.SERVER,[u.Success]);Se(l.AUTH,me,[u.ContinueAuthentication]);Se(l.AUTH,U.CLIENT,[u.ReAuthenticate]);function Se(e,t,o){for(let n of o)un[e][n]|=t}function we(e,t){return un[e][t]??0}function Ce(e,t,o){if((we(e,t)&o)===0)throw x(`reason code ${t} does not belong in a packet of type ${e}`);return t}function Ni(e){if(e.remaining===0){let n=Ce(l.AUTH,u.Success,e.sender);return{type:l.AUTH,reasonCode:n,properties:k}}let t=Ce(l.AUTH,e.readByte(),e.sender),o=K(e,l.AUTH);if(o.authenticationMethod===void 0)throw x("AUTH without Authentication Method");return{type:l.AUTH,reasonCode:t,properties:o}}function Ii(e){return Ai(e)?0:1+ie(e.properties,l.AUTH)}function Ri(e,t){if(Ai(t))return;let{reasonCode:o,properties:n}=t;v(we(l.AUTH,o)!==0,"AUTH cannot carry this reason code"),v(n.authenticationMethod!==void 0,"AUTH has an Authentication Method"),D(e,o),Y(e,n,l.AUTH)}function Ai(e){return e.reasonCode===u.Success&&ie(e.properties,l.AUTH)===1}var X={UnacceptableProtocolVersion:1,IdentifierRejected:2,ServerUnavailable:3,BadUserNameOrPassword:4,NotAuthorized:5},Hc=[u.Success,u.UnsupportedProtocolVersion,u.ClientIdentifierNotValid,u.ServerUnavailable,u.BadUserNameOrPassword,u.NotAuthorized],Qc={[u.Success]:0,[u.UnsupportedProtocolVersion]:X.UnacceptableProtocolVersion,[u.ClientIdentifierNotValid]:X.IdentifierRejected,[u.BadUserNameOrPassword]:X.BadUserNameOrPassword,[u.UnspecifiedError]:X.ServerUnavailable,[u.ImplementationSpecificError]:X.ServerUnavailable,[u.ServerUnavailable]:X.ServerUnavailable,[u.ServerBusy]:X.ServerUnavailable,[u.QuotaExceeded]:X.ServerUnavailable,[u.UseAnotherServer]:X.ServerUnavailable,[u.ServerMoved]:X.ServerUnavailable,[u.ConnectionRateExceeded]:X.ServerUnavailable,[u.MalformedPacket]:X.NotAuthorized,[u.ProtocolError]:X.NotAuthorized,[u.NotAuthorized]:X.NotAuthorized,[u.Banned]:X.NotAuthorized,[u.BadAuthenticationMethod]:X.NotAuthorized,[u.TopicNameInvalid]:X.NotAuthorized,[u.PacketTooLarge]:X.NotAuthorized,[u.PayloadFormatInvalid]:X.NotAuthorized,[u.RetainNotSupported]:X.NotAuthorized,[u.QoSNotSupported]:X.NotAuthorized};function Ui(e){let t=Qc[e];return v(t!==void 0,"CONNACK cannot carry this reason code"),t}function Bi(e){let t=Hc[e];if(t===void 0)throw x(`reserved return code ${e}`);return t}var dn=1;function Oi(e,t){let o=e.readByte();if(t!==3&&o>dn)throw T("[MQTT-3.2.2-1] reserved bits in the Connect Acknowledge Flags");let n=t!==3&&o===dn,r=e.readByte(),i=t===5?Ce(l.CONNACK,r,e.sender):Bi(r);if(n&&i!==u.Success)throw x("[MQTT-3.2.2-6] Session Present on a refused connection");let a=t===5?K(e,l.CONNACK):k;return{type:l.CONNACK,sessionPresent:n,reasonCode:i,properties:a}}function Mi(e,t){return t===5?2+ie(e.properties,l.CONNACK):2}function Li(e,t,o){let{sessionPresent:n,reasonCode:r,properties:i}=t;v(we(l.CONNACK,r)!==0,"CONNACK cannot carry this reason code"),v(!n||r===u.Success,"a refused connection has no session present"),D(e,n&&o!==3?dn:0),D(e,o===5?r:Ui(r)),o===5&&Y(e,i,l.CONNACK)}var qi=128,Wc=1,Fi=2,pn=4,fn=3,mn=32,fo=64,hn=128;function zi(e){let t=e.readString(),o=e.readByte(),n=o===5?5:o&~qi;if(!(n===3?t==="MQIsdp":t==="MQTT"&&(o===5||n===4)))throw new he(u.UnsupportedProtocolVersion,"[MQTT-3.1.2-1] [MQTT-3.1.2-2] a protocol that is not MQTT 3.1, 3.1.1 or 5.0");return{version:n,bridge:o!==n}}function Vi(e,t){let{version:o,bridge:n}=t,r=Gc(e.readByte(),o),i=e.readUint16(),a=o===5?K(e,l.CONNECT):k,c=e.readString(),f=(r&pn)!==0?jc(e,r,o):void 0,m=Di(e,r&hn,o)?e.readString():void 0,p=Di(e,r&fo,o)?e.readBinary():void 0;return{type:l.CONNECT,protocolVersion:o,bridge:n,clientId:c,cleanStart:(r&Fi)!==0,keepAlive:i,will:f,username:m,password:p,properties:a}}function Gc(e,t){let o=(e&pn)!==0,n=e>>fn&3;if(o&&n===3)throw T("[MQTT-3.1.2-12] a Will QoS of 3");if(t!==5&&(e&(hn|fo))===fo)throw T("a Password without a User Name, which only 5.0 allows");if(t===3)return e;if((e&Wc)!==0)throw T("[MQTT-3.1.2-3] the reserved Connect Flag is set");if(!o&&n!==0)throw T("[MQTT-3.1.2-11] a Will QoS without a will");if(!o&&(e&mn)!==0)throw T("[MQTT-3.1.2-13] Will Retain without a will");return e}function Di(e,t,o){return t!==0&&(o!==3||e.remaining>0)}function jc(e,t,o){let n=o===5?K(e,it):k,r=e.readString();if(r.length===0)throw x("[MQTT-4.7.3-1] an empty Will Topic");if(Le(r))throw new he(u.TopicNameInvalid,"[MQTT-4.7.0-1] a Will Topic with wildcard characters");return{topic:r,payload:e.readBinary(),qos:t>>fn&3,retain:(t&mn)!==0,properties:n}}function Hi(e){let{protocolVersion:t,will:o,username:n,password:r}=e,i=le(Wi(t))+1+1+2;return t===5&&(i+=ie(e.properties,l.CONNECT)),i+=le(e.clientId),o!==void 0&&(t===5&&(i+=ie(o.properties,it)),i+=le(o.topic)+Tt(o.payload)),n!==void 0&&(i+=le(n)),r!==void 0&&(i+=Tt(r)),i}function Qi(e,t){let{protocolVersion:o,bridge:n,keepAlive:r,will:i,username:a,password:c}=t;v(!n||o!==5,"5.0 has no bridge bit"),v(o===5||c===void 0||a!==void 0,"3.x has no password without a user name"),v(r>=0&&r<=65535,"Keep Alive is out of range"),fe(e,Wi(o)),D(e,n?o|qi:o),D(e,Yc(t)),ke(e,r),o===5&&Y(e,t.properties,l.CONNECT),fe(e,t.clientId),i!==void 0&&Kc(e,i,o),a!==void 0&&fe(e,a),c!==void 0&&Ct(e,c)}function Kc(e,t,o){let{topic:n,payload:r,properties:i}=t;v(n.length>0&&!Le(n),"the Will Topic is no Topic Name"),o===5&&Y(e,i,it),fe(e,n),Ct(e,r)}function Wi(e){return e===3?"MQIsdp":"MQTT"}function Yc(e){let{cleanStart:t,will:o,username:n,password:r}=e,i=t?Fi:0;return o!==void 0&&(i|=pn|o.qos<<fn|(o.retain?mn:0)),r!==void 0&&(i|=fo),n!==void 0&&(i|=hn),i}function Gi(e,t){let o=u.Success,n=k;return t===5&&e.remaining>0&&(o=Ce(l.DISCONNECT,e.readByte(),e.sender),e.remaining>0&&(n=K(e,l.DISCONNECT))),{type:l.DISCONNECT,reasonCode:o,properties:n}}function ji(e,t){if(t!==5)return 0;let o=st(e.properties,l.DISCONNECT);return o>0?1+Te(o)+o:e.reasonCode===u.Success?0:1}function Ki(e,t,o){if(o!==5)return;let{reasonCode:n,properties:r}=t;v(we(l.DISCONNECT,n)!==0,"DISCONNECT cannot carry this reason code");let i=st(r,l.DISCONNECT);i===0&&n===u.Success||(D(e,n),i>0&&Y(e,r,l.DISCONNECT))}var Xc=Object.freeze({type:l.PINGREQ});function Yi(){return Xc}var Jc=Object.freeze({type:l.PINGRESP});function Xi(){return Jc}var mo=4,Zc=2,el=2;function Ji(e,t){if(e.length-t<mo||e[t+1]!==Zc)return 0;let o=e[t]>>4;if(o<l.PUBACK||o>l.PUBCOMP||(e[t]&15)!==(o===l.PUBREL?el:0))return 0;let n=e[t+2]<<8|e[t+3];return n===0?0:o<<16|n}function We(e,t,o){let n=t.readPacketId(),r=u.Success,i=k;return o===5&&t.remaining>0&&(r=Ce(e,t.readByte(),t.sender),t.remaining>0&&(i=K(t,e))),{type:e,packetId:n,reasonCode:r,properties:i}}function xe(e,t){if(t!==5)return 2;let o=st(e.properties,e.type);return o>0?3+Te(o)+o:e.reasonCode===u.Success?2:3}function Ee(e,t,o){if(ge(e,t.packetId),o!==5)return;let{type:n,reasonCode:r,properties:i}=t;v(we(n,r)!==0,"the packet cannot carry this reason code");let a=st(i,n);a===0&&r===u.Success||(D(e,r),a>0&&Y(e,i,n))}function Zi(e,t){return We(l.PUBACK,e,t)}function es(e,t){return We(l.PUBCOMP,e,t)}function ts(e,t){return We(l.PUBREC,e,t)}function os(e,t){return We(l.PUBREL,e,t)}function ho(e,t){if(e.remaining===0)throw x("an acknowledgement without reason codes");let o=[];for(;e.remaining>0;)o.push(Ce(t,e.readByte(),e.sender));return o}function _o(e,t){v(t.length>0,"an acknowledgement has at least one reason code");for(let o of t)v(we(e,o)!==0,"the packet cannot carry this reason code")}function ns(e,t){let o=e.readPacketId(),n=t===5?K(e,l.SUBACK):k,r=ho(e,l.SUBACK);if(t!==5&&!r.every(tl))throw x("a return code that 3.1.1 reserves");return{type:l.SUBACK,packetId:o,reasonCodes:r,properties:n}}function rs(e,t){return 2+(t===5?ie(e.properties,l.SUBACK):0)+e.reasonCodes.length}function is(e,t,o){let{packetId:n,reasonCodes:r,properties:i}=t;_o(l.SUBACK,r),ge(e,n),o===5&&Y(e,i,l.SUBACK);for(let a of r)D(e,o===5?a:ss(a))}function ss(e){return nt(e)?u.UnspecifiedError:e}function tl(e){return ss(e)===e}var ol=3,as=4,cs=8,ls=4,nl=3,rl=192,il=252;function us(e,t){let o=e.readPacketId(),n=t===5?K(e,l.SUBSCRIBE):k;if(e.remaining===0)throw x("[MQTT-3.8.3-2] no topic filter");let r=[];for(;e.remaining>0;)r.push(sl(e,t));return{type:l.SUBSCRIBE,packetId:o,subscriptions:r,properties:n}}function sl(e,t){let o=e.readString(),n=e.readByte();if((n&(t===5?rl:il))!==0)throw T("[MQTT-3.8.3-5] reserved bits in the Subscription Options");let r=n&ol;if(r===3)throw x("a Maximum QoS of 3 in the Subscription Options");let i=n>>ls&nl;if(i===3)throw x("a Retain Handling of 3");return{topicFilter:o,qos:r,noLocal:(n&as)!==0,retainAsPublished:(n&cs)!==0,retainHandling:i}}function ds(e,t){let o=2;t===5&&(o+=ie(e.properties,l.SUBSCRIBE));for(let{topicFilter:n}of e.subscriptions)o+=le(n)+1;return o}function ps(e,t,o){v(t.subscriptions.length>0,"SUBSCRIBE has at least one topic filter"),ge(e,t.packetId),o===5&&Y(e,t.properties,l.SUBSCRIBE);for(let n of t.subscriptions)fe(e,n.topicFilter),D(e,o===5?al(n):n.qos)}function al(e){return e.qos|(e.noLocal?as:0)|(e.retainAsPublished?cs:0)|e.retainHandling<<ls}function fs(e,t){let o=e.readPacketId(),n=k,r=[];return t===5&&(n=K(e,l.UNSUBACK),r=ho(e,l.UNSUBACK)),{type:l.UNSUBACK,packetId:o,reasonCodes:r,properties:n}}function ms(e,t){return t!==5?2:2+ie(e.properties,l.UNSUBACK)+e.reasonCodes.length}function hs(e,t,o){if(ge(e,t.packetId),o===5){_o(l.UNSUBACK,t.reasonCodes),Y(e,t.properties,l.UNSUBACK);for(let n of t.reasonCodes)D(e,n)}}function _s(e,t){let o=e.readPacketId(),n=t===5?K(e,l.UNSUBSCRIBE):k;if(e.remaining===0)throw x("[MQTT-3.10.3-2] no topic filter");let r=[];for(;e.remaining>0;)r.push(e.readString());return{type:l.UNSUBSCRIBE,packetId:o,topicFilters:r,properties:n}}function bs(e,t){let o=2;t===5&&(o+=ie(e.properties,l.UNSUBSCRIBE));for(let n of e.topicFilters)o+=le(n);return o}function $s(e,t,o){v(t.topicFilters.length>0,"UNSUBSCRIBE has at least one topic filter"),ge(e,t.packetId),o===5&&Y(e,t.properties,l.UNSUBSCRIBE);for(let n of t.topicFilters)fe(e,n)}var cl=4096,ys=new Uint8Array(0),bo=class{version;maximumPacketSize;#e;#t=ys;#o=0;#n=0;#r=!1;#d=0;#a=0;#f=!1;#i;#s=0;#l;constructor(t){v(t.role==="server"||t.version!==void 0,"a client has a version"),this.version=t.version,this.maximumPacketSize=t.maximumPacketSize,this.#e=new po(t.role==="server"?U.CLIENT:U.SERVER,t.topics)}get midPacket(){return this.#n>0}push(t){v(this.#o===this.#t.length,"the chunk before has not been read"),this.#t=ll(t),this.#o=0}next(){if(this.#l!==void 0)throw this.#l;try{return this.#c()}catch(t){throw t instanceof he&&(this.#l=t),this.#_(),t}}peek(t){let{version:o}=this;return o!==void 0&&this.#n===0&&t.look(this.#t,this.#o,o,this.#e.topics)&&t.size<=this.maximumPacketSize}take(t){this.#o=t.end}nextSuccess(){if(this.#n>0||this.maximumPacketSize<mo)return 0;let t=Ji(this.#t,this.#o);return t!==0&&(this.#o+=mo),t}#c(){if(!this.#r&&!this.#b())return this.#m();let t=this.#a,o=this.#o;if(this.#i===void 0&&this.#t.length-o>=t)return this.#o=o+t,this.#$(this.#t,o,o+t);if(!this.#u(t))return this.#m();let n=this.#i;return this.#i=void 0,this.#$(n,0,t)}#m(){this.#t=ys,this.#o=0}#_(){this.#m(),this.#i=void 0,this.#e.close()}#b(){let t=this.#t;for(;this.#o<t.length;){let o=t[this.#o++],n=this.#n++;if(n===0){Ei(o,this.#e.sender,this.version),this.#d=o,this.#a=0;continue}if(this.#a|=(o&127)<<7*(n-1),o<128)return this.#f=o===0&&n>1,this.#p(),this.#r=!0,!0;if(n===xi)throw T("a Remaining Length of five bytes")}return!1}#p(){if(this.version===5&&this.#h(),this.#n+this.#a>this.maximumPacketSize)throw new he(u.PacketTooLarge,"a packet is larger than agreed")}#h(){if(this.#f)throw T("[MQTT-1.5.5-1] a padded Remaining Length")}#u(t){let o=Math.min(this.#t.length-this.#o,t-this.#s),n=this.#s+o;this.#y(n,t);let r=this.#t.subarray(this.#o,this.#o+o);return this.#i.set(r,this.#s),this.#o+=o,this.#s=n,n<t?!1:(this.#s=0,!0)}#y(t,o){let n=this.#i,r=n===void 0?0:n.length;if(n!==void 0&&t<=r)return;let i=new Uint8Array(Math.min(o,Math.max(t,r*2,cl)));n!==void 0&&i.set(n.subarray(0,this.#s)),this.#i=i}#$(t,o,n){let r=this.#d;this.#n=0,this.#r=!1;let i=this.#e;i.open(t,o,n);let a=this.#v(r>>4,r&15);if(i.remaining>0)throw T("bytes behind the last field of a packet");return i.close(),a}#v(t,o){let n=this.#e;if(t===l.CONNECT)return this.#g();let r=this.version;switch(t){case l.PUBLISH:return yi(n,o,r);case l.CONNACK:return Oi(n,r);case l.PUBACK:return Zi(n,r);case l.PUBREC:return ts(n,r);case l.PUBREL:return os(n,r);case l.PUBCOMP:return es(n,r);case l.SUBSCRIBE:return us(n,r);case l.SUBACK:return ns(n,r);case l.UNSUBSCRIBE:return _s(n,r);case l.UNSUBACK:return fs(n,r);case l.PINGREQ:return Yi();case l.PINGRESP:return Xi();case l.DISCONNECT:return Gi(n,r);case l.AUTH:return Ni(n)}}#g(){let t=zi(this.#e);return this.version??=t.version,t.version===5&&this.#h(),Vi(this.#e,t)}};function ll(e){return e.constructor===Uint8Array?e:new Uint8Array(e.buffer,e.byteOffset,e.length)}function ul(e,t){let o=gs(e,t);return 1+Te(o)+o}function dl(e,t,o){let n=gs(t,o),r=1+Te(n)+n;e.reserve(r);let i=e.position;try{D(e,pl(t)),wt(e,n),fl(e,t,o),v(e.position===i+r,"a packet has another size than announced")}catch(a){throw e.position=i,a}}function pl(e){let{type:t}=e;return t<<4|(t===l.PUBLISH?vi(e):cn(t))}function vs(e,t){let o={bytes:new Uint8Array(ul(e,t)),position:0,reserve(){}};return dl(o,e,t),o.bytes}function gs(e,t){switch(e.type){case l.PUBLISH:return gi(e,t);case l.CONNECT:return v(e.protocolVersion===t,"CONNECT is for another version"),Hi(e);case l.CONNACK:return Mi(e,t);case l.PUBACK:return xe(e,t);case l.PUBREC:return xe(e,t);case l.PUBREL:return xe(e,t);case l.PUBCOMP:return xe(e,t);case l.SUBSCRIBE:return ds(e,t);case l.SUBACK:return rs(e,t);case l.UNSUBSCRIBE:return bs(e,t);case l.UNSUBACK:return ms(e,t);case l.PINGREQ:case l.PINGRESP:return 0;case l.DISCONNECT:return ji(e,t);case l.AUTH:return v(t===5,"AUTH exists in 5.0 only"),Ii(e)}}function fl(e,t,o){switch(t.type){case l.PUBLISH:return Si(e,t,o);case l.CONNECT:return Qi(e,t);case l.CONNACK:return Li(e,t,o);case l.PUBACK:return Ee(e,t,o);case l.PUBREC:return Ee(e,t,o);case l.PUBREL:return Ee(e,t,o);case l.PUBCOMP:return Ee(e,t,o);case l.SUBSCRIBE:return ps(e,t,o);case l.SUBACK:return is(e,t,o);case l.UNSUBSCRIBE:return $s(e,t,o);case l.UNSUBACK:return hs(e,t,o);case l.PINGREQ:case l.PINGRESP:return;case l.DISCONNECT:return Ki(e,t,o);case l.AUTH:return Ri(e,t)}}var ml=new Map(Object.entries(u).map(([e,t])=>[t,e]));function ft(e){let t=`0x${e.toString(16).padStart(2,"0")}`,o=ml.get(e);return o===void 0?t:`${o} (${t})`}var _n=5,Ss=8*1024*1024,hl=100,_l=100,bl=65535,$o=class{#e;#t;#o;#n=new bo({role:"client",maximumPacketSize:Ss,version:_n});#r=new Map;#d=new Set;#a=0;#f;#i=!1;constructor(t,o,n){this.#t=n,this.#o=o,this.#e=new WebSocket(t,["mqtt"]),this.#e.binaryType="arraybuffer",this.#e.onopen=()=>this.#c($l(o)),this.#e.onmessage=({data:r})=>this.#m(new Uint8Array(r)),this.#e.onclose=()=>this.#u("The connection was closed.")}async publish({topic:t,payload:o,qos:n,retain:r,properties:i}){let a={type:l.PUBLISH,dup:!1,topic:t,payload:o,properties:i,retain:r};return n===0?(this.#c({...a,qos:n,packetId:0}),u.Success):await this.#s(c=>({...a,qos:n,packetId:c}))}subscribe(t){let[o,n]=[l.SUBSCRIBE,k];return this.#s(r=>({type:o,packetId:r,subscriptions:[t],properties:n}))}unsubscribe(t){let[o,n]=[l.UNSUBSCRIBE,k];return this.#s(r=>({type:o,packetId:r,topicFilters:[t],properties:n}))}close(){this.#e.readyState===WebSocket.OPEN&&this.#c({type:l.DISCONNECT,reasonCode:u.Success,properties:k}),this.#u("Disconnected.")}#s(t){if(this.#i)return Promise.reject(new Error("There is no connection."));if(this.#r.size>=_l)return Promise.reject(new Error("Too many requests wait for their acknowledgement."));do this.#a=this.#a%bl+1;while(this.#r.has(this.#a));let o=this.#a;return new Promise((n,r)=>{this.#r.set(o,{resolve:n,reject:r}),this.#c(t(o))})}#l(t,o){this.#r.get(t)?.resolve(o),this.#r.delete(t)}#c(t){this.#e.readyState===WebSocket.OPEN&&this.#e.send(vs(t,_n))}#m(t){try{this.#n.push(t);for(let o=this.#n.next();o;o=this.#n.next())this.#_(o)}catch(o){this.#u(o instanceof Error?o.message:String(o))}}#_(t){switch(t.type){case l.CONNACK:if(nt(t.reasonCode))return this.#u(ft(t.reasonCode));this.#h(t.properties.serverKeepAlive??this.#o.keepAlive),this.#t.connected(t.properties.assignedClientIdentifier??this.#o.clientId);break;case l.PUBLISH:this.#b(t);break;case l.PUBACK:case l.PUBCOMP:this.#l(t.packetId,t.reasonCode);break;case l.PUBREC:nt(t.reasonCode)?this.#l(t.packetId,t.reasonCode):this.#p(l.PUBREL,t.packetId);break;case l.PUBREL:this.#d.delete(t.packetId),this.#p(l.PUBCOMP,t.packetId);break;case l.SUBACK:case l.UNSUBACK:this.#l(t.packetId,t.reasonCodes[0]??u.UnspecifiedError);break;case l.DISCONNECT:this.#u(`The broker disconnected: ${ft(t.reasonCode)}`);break}}#b(t){let{qos:o,packetId:n}=t;(o<2||!this.#d.has(n))&&this.#t.message(t),o===1&&this.#p(l.PUBACK,n),o===2&&(this.#d.add(n),this.#p(l.PUBREC,n))}#p(t,o){let n={type:t,packetId:o,reasonCode:u.Success};this.#c({...n,properties:k})}#h(t){t!==0&&(this.#f=setInterval(()=>this.#c({type:l.PINGREQ}),t*750))}#u(t){if(!this.#i){this.#i=!0,clearInterval(this.#f),this.#e.close();for(let o of this.#r.values())o.reject(new Error(t));this.#r.clear(),this.#t.ended(t)}}};function $l(e){let{clientId:t,username:o,password:n,cleanStart:r,keepAlive:i}=e;return{type:l.CONNECT,protocolVersion:_n,bridge:!1,clientId:t,cleanStart:r,keepAlive:i,will:void 0,username:o===""?void 0:o,password:n===""?void 0:new TextEncoder().encode(n),properties:{receiveMaximum:hl,maximumPacketSize:Ss}}}var yl=200,vl=16*1024*1024,Ge=Q({name:"off",why:""}),Ne=Q([]),It=Q([]);function xs(){let e=document.querySelector('meta[name="mqtt-path"]')?.content??"";if(e!=="")return`${location.protocol==="https:"?"wss":"ws"}://${location.host}${e}`}var at,gl=0;function Es(e,t){at?.close(),Ge.value={name:"connecting"},Ne.value=[];let o=new $o(e,t,{connected:n=>Ge.value={name:"connected",clientId:n},message:Sl,ended(n){at===o&&(at=void 0,Ge.value={name:"off",why:n},Ne.value=[])}});at=o}function Ts(){at?.close()}function Sl(e){let t={number:++gl,at:new Date().toISOString(),message:e},o=[],n=0;for(let r of[t,...It.value]){if(n+=r.message.payload.length,o.length>0&&(o.length===yl||n>vl))break;o.push(r)}It.value=o}async function yo(e){$n(await bn().subscribe(e));let t=Ne.value.filter(({topicFilter:o})=>o!==e.topicFilter);Ne.value=[...t,e]}async function ws(e){$n(await bn().unsubscribe(e)),Ne.value=Ne.value.filter(({topicFilter:t})=>t!==e)}async function Cs(e){let t=await bn().publish(e);return $n(t),e.qos===0?"Sent.":`Acknowledged: ${ft(t)}`}function bn(){if(at===void 0)throw new Error("Connect first.");return at}function $n(e){if(nt(e))throw new Error(`The broker refused: ${ft(e)}`)}var yn=20,Ps="tidemq-inspector-setups",Rt=Q(xl());function xl(){try{let e=JSON.parse(localStorage.getItem(Ps)??"[]");return Array.isArray(e)?e.slice(0,yn):[]}catch{return[]}}function ks(e){let t=Rt.value.filter(({name:o})=>o!==e.name);if(t.length>=yn)throw new Error(`No more than ${yn} setups are kept.`);Is([...t,e])}function Ns(e){Is(Rt.value.filter(t=>t.name!==e))}function Is(e){Rt.value=e,localStorage.setItem(Ps,JSON.stringify(e))}var El={name:"",clientId:"",username:"",cleanStart:!0,keepAlive:60,filters:[]};function Rs({url:e}){let[t,o]=S(El),[n,r]=S(""),{value:i}=Ge,a=i.name==="off",c=m=>{m.preventDefault(),Es(e,{...t,password:n})},f=m=>p=>o({...t,[m]:p.target.value});return s`<section class="card">
    <div class="head"><h2>Connection</h2><${Tl} />
      ${Rt.value.map(m=>s`
        <button type="button" class="quiet" key=${m.name} disabled=${!a}
          onClick=${()=>o(m)}>${m.name}</button>
      `)}</div>
    <form class="form columns" onSubmit=${c}>
      <label class="field">Client id<input value=${t.clientId} onInput=${f("clientId")}
        placeholder="the broker assigns one" disabled=${!a} autocomplete="off"
        spellcheck=${!1} /></label>
      <label class="field">Username<input value=${t.username} onInput=${f("username")}
        disabled=${!a} autocomplete="off" spellcheck=${!1} /></label>
      <label class="field">MQTT password<input type="password" value=${n} disabled=${!a}
        autocomplete="off"
        onInput=${m=>r(m.target.value)} /></label>
      <label class="field">Keep alive (seconds)<input type="number" min="0" max="65535"
        value=${t.keepAlive} disabled=${!a} onInput=${m=>o({...t,keepAlive:Number(m.target.value)})} /></label>
      <label class="check"><input type="checkbox" checked=${t.cleanStart} disabled=${!a}
        onChange=${m=>o({...t,cleanStart:m.target.checked})} />
        Clean start</label>
      <div class="actions">
        ${t.name!==""&&s`<button type="button" class="quiet" onClick=${()=>{Ns(t.name),o({...t,name:""})}}>Forget ${t.name}</button>`}
        <button type="button" onClick=${()=>Cl(t,o)}>Save</button>
        ${a?s`<button key="connect" type="submit" class="primary">Connect</button>`:s`<button key="disconnect" type="button" onClick=${Ts}>Disconnect</button>`}
      </div>
    </form>
    ${i.name==="connected"&&t.filters.length>0?s`<button type="button" onClick=${()=>void wl(t.filters)}>
          Subscribe to the ${t.filters.length} saved filters</button>`:null}
  </section>`}function Tl(){let{value:e}=Ge;return e.name==="connected"?s`<${P} tone="good">connected as ${e.clientId}<//>`:e.name==="connecting"?s`<${P}>connecting<//>`:s`<${P}>not connected<//> <span class="faint">${e.why}</span>`}async function wl(e){let t={qos:0,noLocal:!1,retainAsPublished:!0,retainHandling:0};try{for(let o of e)await yo({topicFilter:o,...t});A("Subscribed.")}catch(o){A(o instanceof Error?o.message:String(o),!0)}}function Cl(e,t){W({title:"Save this setup",body:s`
      <label class="field">Name<input name="name" required maxlength="40"
              defaultValue=${e.name} /></label>
      <p>With the subscriptions of now, without the password; in this browser only.</p>
    `,action:"Save",run(o){let n=Ne.value.map(({topicFilter:i})=>i),r={...e,name:String(o.get("name")),filters:n};return ks(r),t(r),A("Saved."),Promise.resolve()}})}function As(e){let t=r=>String(e.get(r)??""),o=t("encoding")==="base64"?"base64":"text",n=t("payload");return{topic:t("topic"),payload:en({text:n,encoding:o,size:n.length,truncated:!1}),qos:Number(t("qos")),retain:e.has("retain"),properties:Pl(t,e.has("utf8"))}}function Pl(e,t){let o={};t&&(o.payloadFormatIndicator=1),e("content_type")!==""&&(o.contentType=e("content_type")),e("response_topic")!==""&&(o.responseTopic=e("response_topic")),e("correlation_data")!==""&&(o.correlationData=new TextEncoder().encode(e("correlation_data"))),e("expiry")!==""&&(o.messageExpiryInterval=Number(e("expiry")));let n=kl(e("user_properties"));return n.length>0&&(o.userProperties=n),o}function kl(e){return e.split(`
`).map(t=>t.replace(/\r$/,"")).filter(t=>t!=="").map(t=>{let[o="",n=""]=t.split(/=(.*)/s);return[o,n]})}function Us(e){let t=e.subarray(0,65536),o={size:e.length,truncated:e.length>65536};try{return{text:new TextDecoder("utf-8",{fatal:!0,ignoreBOM:!0}).decode(t,{stream:o.truncated}),encoding:"text",...o}}catch{return{text:Nl(t),encoding:"base64",...o}}}function Nl(e){let t="";for(let o of e)t+=String.fromCharCode(o);return btoa(t)}function Bs(){let e=xs();if(e===void 0)return s`
      <h1>Inspector</h1>
      <${V} title="MQTT over WebSocket is turned off."
        hint="The inspector is a client in the browser: it needs server.ws_enabled." />
    `;let t=Ge.value.name==="connected";return s`
    <h1>Inspector</h1>
    <div class="split">
      <div>
        <${Rs} url=${e} />
        <${Al} />
      </div>
      <div>
        <${Il} on=${t} />
        <${Rl} on=${t} />
      </div>
    </div>
  `}function Il({on:e}){return s`
    <section class="card">
      <h2>Subscriptions</h2>
      <form class="form" onSubmit=${o=>{o.preventDefault();let n=o.target,r=new FormData(n),i={topicFilter:String(r.get("filter")),qos:Number(r.get("qos")),noLocal:r.has("no_local"),retainAsPublished:r.has("retain_as_published"),retainHandling:0};Ve(()=>yo(i),`Subscribed to ${i.topicFilter}.`)}}>
        <label class="field">Topic filter<input name="filter" required autocomplete="off"
            spellcheck=${!1} placeholder="sensors/#" /></label>
        <label class="field">QoS<select name="qos"><option>0</option><option>1</option>
            <option>2</option></select></label>
        <label class="check"><input type="checkbox" name="no_local" /> No local</label>
        <label class="check"><input type="checkbox" name="retain_as_published" checked />
            Retain as published</label>
        <button type="submit" disabled=${!e}>Subscribe</button>
      </form>
      <ul class="bare">${Ne.value.map(({topicFilter:o,qos:n})=>s`<li key=${o}><span class="id">${o}</span>
        <span class="faint">QoS ${n}</span>
        <button type="button" class="quiet" onClick=${()=>Ve(()=>ws(o),"Unsubscribed.")}>Unsubscribe</button></li>`)}</ul>
    </section>
  `}function Rl({on:e}){return s`
    <section class="card">
      <h2>Publish</h2>
      <form class="form" onSubmit=${o=>{o.preventDefault();let n=new FormData(o.target);Ve(()=>Cs(As(n)),"Published.")}}>
        <label class="field">Topic<input name="topic" required autocomplete="off"
            spellcheck=${!1} /></label>
        <label class="field">Payload<textarea name="payload" spellcheck=${!1}></textarea></label>
        <label class="field">The payload is<select name="encoding"><option>text</option>
            <option>base64</option></select></label>
        <label class="field">QoS<select name="qos"><option>0</option><option>1</option>
            <option>2</option></select></label>
        <label class="check"><input type="checkbox" name="retain" /> Retain</label>
        <details>
          <summary>Properties</summary>
          <div class="form">
            <label class="field">Content type<input name="content_type" autocomplete="off" /></label>
            <label
              class="field">Response topic<input name="response_topic" autocomplete="off" /></label>
            <label
              class="field">Correlation data<input name="correlation_data" autocomplete="off" /></label>
            <label
              class="field">Expires after (seconds)<input name="expiry" type="number" min="0" /></label>
            <label class="field">User properties, one name=value a line
              <textarea name="user_properties" spellcheck=${!1}></textarea></label>
            <label
              class="check"><input type="checkbox" name="utf8" /> The payload is marked as UTF-8</label>
          </div>
        </details>
        <button type="submit" class="primary" disabled=${!e}>Publish</button>
      </form>
    </section>
  `}function Al(){let{value:e}=It;return s`<section class="list" aria-label="Messages">
    <div class="list-bar"><p class="total">${e.length===1?"1 message":`${e.length} messages`}, the newest first</p>
      <button type="button" class="quiet" onClick=${()=>It.value=[]}>Clear</button></div>
    ${e.length===0?s`<${V} title="No message yet." hint="Connect, then subscribe to a topic filter." />`:s`<ol class="timeline">${e.map(t=>s`<${Ul} key=${t.number} arrived=${t} />`)}</ol>`}</section>`}function Ul({arrived:{at:e,message:t}}){let{topic:o,qos:n,retain:r,properties:i}=t,{userProperties:a=[],contentType:c,responseTopic:f}=i;return s`<li><time datetime=${e}>${Qe(e)}</time>
    <strong class="id">${o}</strong>
    <span class="faint"> QoS ${n}${r?", retained":""}${c===void 0?"":`, ${c}`}${f===void 0?"":`, answer to ${f}`}</span>
    ${a.length===0?null:s`<p class="faint id">${a.map(m=>m.join(": ")).join(`
`)}</p>`}
    <${Pe} payload=${Us(t.payload)} /></li>`}function Ms({accounting:e}){let{difference:t}=e,o=[["opening",e.opening],["matched",e.matched],["retained",e.retained],["wills",e.wills]],n=[["delivered",e.delivered],["in flight",e.inflight],["queued",e.queued],["expired",e.expired],["discarded",e.discarded],["handed over",e.handed_over],["dropped",e.dropped_total]];return s`
    <section class="card" aria-label="Accounting equation">
      <div class="head"><h2>Accounting</h2>${t===null?s`<${P}>too busy to say<//>`:t===0?s`<${P} tone="good">balanced<//>`:s`<${P} tone="bad">differs by ${b(t)}<//>`}</div>
      <div class="equation">
        <${Os} title="Came in" terms=${o} />
        <${Os} title="Went out" terms=${n} />
      </div>
    </section>
  `}function Os({title:e,terms:t}){let o=t.reduce((n,[,r])=>n+r,0);return s`<dl class="facts"><div class="sum"><dt>${e}</dt><dd>${b(o)}</dd></div>${t.map(([n,r])=>s`
        <div key=${n} class=${r===0?"faint":""}>
          <dt>${n}</dt>
          <dd>${b(r)}</dd>
        </div>
      `)}</dl>`}var At=120,Bl=8,Ls=18;function qs({title:e,lines:t,format:o,from:n,to:r}){let i=Re(null),[a,c]=S(400);ue(()=>{let h=new ResizeObserver(([d])=>c(d.contentRect.width));return h.observe(i.current),()=>h.disconnect()},[]);let f=Math.max(1,...t.flatMap(({points:h})=>h.map(([,d])=>d))),m=h=>(h-n)/(r-n)*a,p=h=>At-Ls-h/f*(At-Bl-Ls),y=({points:h})=>h.length===0?"\u2013":o(h.at(-1)[1]);return s`
    <figure class="card chart">
      <figcaption><strong>${e}</strong>${t.map((h,d)=>s`<span class=${`legend series-${d+1}`}>${h.title} ${y(h)}</span>`)}</figcaption>
      <div ref=${i}>
        <svg width=${a} height=${At} role="img"
          aria-label=${`${e}: ${t.map(h=>`${h.title} ${y(h)}`).join(", ")}`}>
          <line class="grid" x1="0" x2=${a} y1=${p(f)} y2=${p(f)} />
          <line class="grid" x1="0" x2=${a} y1=${p(0)} y2=${p(0)} />
          <text x="2" y=${p(f)+12}>${o(f)}</text>
          <text x="2" y=${At-4}>${Ds(n)}</text>
          <text x=${a-2} y=${At-4} text-anchor="end">${Ds(r)}</text>
          ${t.map(({points:h},d)=>s`<path class=${`series-${d+1}`} d=${Ml(h,m,p)} />`)}
        </svg>
      </div>
    </figure>
  `}function Ds(e){return new Date(e).toLocaleTimeString("sv",{hour:"2-digit",minute:"2-digit"})}var Ol=3;function Ml(e,t,o){let n=e.length<2?0:e[1][0]-e[0][0];return e.map(([r,i],a)=>`${a===0||r-e[a-1][0]>n*Ol?"M":"L"}${t(r).toFixed(1)} ${o(i).toFixed(1)}`).join("")}var Fs=[{title:"Messages",lines:{received:"publish_received",sent:"publish_sent"},format:He},{title:"Bytes",lines:{received:"bytes_received",sent:"bytes_sent"},format:e=>`${C(e)}/s`},{title:"Clients",lines:{connected:"clients_connected",sessions:"sessions"},format:b},{title:"Trouble",lines:{dropped:"messages_dropped","protocol errors":"protocol_errors"},format:He}],Ll=Fs.flatMap(({lines:e})=>Object.values(e)),Dl=[["","hour"],["day","day"]],ql=36e5,Fl=6e4;function zs(){let e=L("span")==="day",{value:t,error:o,reload:n}=z(`${e}`,r=>zl(e,r),{events:["metrics"],everyMs:Fl});return s`
    <div class="filters">
      <${Me} name="span" label="The last" options=${Dl} />
    </div>
        ${o===void 0?null:s`<${B} error=${o} retry=${n} />`}
        <div class="charts">${Fs.map(({title:r,lines:i,format:a})=>s`
            <${qs} key=${r} title=${r} format=${a}
              from=${t?.from??0} to=${t?.to??1} lines=${Object.entries(i).map(([c,f])=>({title:c,points:t?.points.get(f)??[]}))} />
          `)}</div>
  `}async function zl(e,t){let o=Date.now(),n=o-(e?24:1)*ql,r={from:new Date(n).toISOString(),step:e?60:10},i=await Promise.all(Ll.map(a=>M("/metrics/series",{name:a,...r},t)));return{from:n,to:o,points:new Map(i.map(({name:a,points:c})=>[a,c]))}}var Vl=5e3,Hl=["connected","disconnected","session_ended","subscribed","unsubscribed","alarm"];function Vs(){let{value:e,error:t,reload:o}=z("overview",n=>M("/overview",{},n),{events:Hl,everyMs:Vl});return s`
    <div class="head">
      <h1>Overview</h1>
      <${G} url=${O("/overview")} />
    </div>
        ${t===void 0?null:s`<${B} error=${t} retry=${o} />`}
        ${e===void 0&&t===void 0?s`<${q} />`:null}
        ${e===void 0?null:s`<${Ql} overview=${e} />`}
        <${zs} />
  `}function Ql({overview:e}){let{node:t,counts:o,alarms:n,accounting:r}=e;return s`
    <${Gl} alarms=${n} />
    <div class="figures">
      <${Ut} title="Connections" value=${o.connections} page="sessions"
        query=${{state:"connected"}} />
      <${Ut} title="Sessions" value=${o.sessions} page="sessions" />
      <${Ut} title="Subscriptions" value=${o.subscriptions} page="subscriptions" />
      <${Ut} title="Retained messages" value=${o.retained_messages} page="retained" />
      <${Ut} title="Dropped" value=${r.dropped_total} page="drops" />
    </div>
    <div class="cards">
      <section class="card">
        <h2>Node</h2>
        <${be} rows=${Wl(t,o)} />
      </section>
      <${Ms} accounting=${r} />
    </div>
  `}function Wl(e,t){let o=Object.entries(e.details);return[["State",e.ready?s`<${P} tone="good">ready<//>`:s`<${P} tone="bad">not ready<//>`],...o.map(([n,r])=>[n[0].toUpperCase()+n.slice(1),r]),["Version",e.version],["Running for",Be(e.uptime_seconds)],["Node",e.node_id],["Delayed wills",b(t.delayed_wills)]]}function Gl({alarms:e}){return e.length===0?s`<p class="alarm none">No alarms.</p>`:s`<ul class="bare">${e.map(({id:t,severity:o,message:n})=>s`<li key=${t} class=${`alarm ${o}`} role="alert">
        <strong>${t.replaceAll("_"," ")}</strong> ${n}</li>`)}</ul>`}function Ut({title:e,value:t,page:o,query:n}){return s`<a class="figure" href=${j(o,n)}><span>${e}</span>
    <strong>${b(t)}</strong></a>`}var vn="/retained/-";function Hs(e,t){return M(vn,{topic:e},t)}function vo(e){return Z("DELETE",vn,{query:{topic:e}})}function Qs(e,t){return Z("PUT",vn,{query:{topic:e},body:t})}function gn(e,t){return Z("POST","/retained:batchDelete",{body:{...e,dry_run:t}})}function go(e,t){W({title:e===void 0?"Set a retained message":"Change the retained message",body:Kl(e),action:"Publish",async run(o){let n=c=>String(o.get(c)??""),r=e?.topic??n("topic"),i=n("expiry"),a=n("content_type");await Qs(r,{payload:jl(n("payload"),n("encoding")),encoding:n("encoding"),qos:Number(n("qos")),...i===""?{}:{message_expiry_interval:Number(i)},...a===""?{}:{content_type:a}}),A("Published."),t()}})}function jl(e,t){if(t!=="json")return e;try{return JSON.parse(e)}catch(o){throw new Error(`This is not JSON: ${o.message}`)}}function Kl(e){return s`
    ${e===void 0?s`<label class="field">Topic<input name="topic" required autocomplete="off"
          spellcheck=${!1} /></label>`:s`<p class="id">${e.topic}</p>`}
        <label class="field">Payload<textarea name="payload" spellcheck=${!1}
          defaultValue=${e?.payload??""}></textarea></label>
        <label class="field">The payload is
          <select name="encoding">${["text","json","base64"].map(t=>s`<option selected=${t===(e?.encoding??"text")}>${t}</option>`)}</select></label>
        <label class="field">QoS<select name="qos">${[0,1,2].map(t=>s`<option selected=${t===(e?.qos??1)}>${t}</option>`)}</select></label>
        <label class="field">Content type<input name="content_type" autocomplete="off"
          defaultValue=${e?.properties.content_type??""} /></label>
        <label
      class="field">Expires after (seconds)<input name="expiry" type="number" min="1" /></label>
        <p class="hint">Who is subscribed gets the message, too.</p>
  `}function Ws(){let e=L("topic"),{value:t,error:o,reload:n}=z(e,i=>Hs(e,i)),r=o instanceof ye&&o.code==="retained_not_found";return s`<p class="crumbs"><a href=${j("retained")}>Retained messages</a></p>
    <h1 class="id">${e}</h1>
    ${r&&s`
      <${V} title="There is no retained message."
        hint="It has expired, or it was deleted." />
    `}
    ${o!==void 0&&!r?s`<${B} error=${o} retry=${n} />`:null}
    ${t===void 0&&o===void 0?s`<${q} />`:null}
    ${t===void 0||r?null:s`<${Yl} message=${t} changed=${n} />`}`}function Yl({message:e,changed:t}){let{topic:o,payload:n,encoding:r,size:i}=e,a=O("/retained/-",{topic:o});return s`
    <div class="head">
          ${re("operator")&&s`
            <button type="button" onClick=${()=>go(e,t)}>
                    Edit</button>
            <button type="button" class="danger" onClick=${()=>Jl(o)}>Delete</button>
          `}
          <${G} url=${a} />
        </div>
    <section class="card">
      <${be} rows=${Xl(e)} />
    </section>
    <section class="card">
      <h2>Payload</h2>
      <${Pe} payload=${{text:n,encoding:r,size:i,truncated:!1}} />
    </section>
  `}function Xl(e){let{topic:t,publisher:o,properties:n}=e,{user_properties:r=[]}=n;return[["Topic",s`<${Oe} topic=${t} />`],["Publisher",o===null?"the broker":s`<${se} id=${o} />`],["Received",s`<${ae} at=${e.received_at} />`],["Expires",e.expires_at===null?"never":new Date(e.expires_at).toLocaleString("sv")],["QoS",e.qos],["Size",C(e.size)],["Content type",n.content_type??"none"],["Response topic",n.response_topic??"none"],...r.map(([i,a])=>[`User property ${i}`,a])]}function Jl(e){W({title:"Delete this retained message?",body:s`
      <p class="id">${e}</p>
      <p>Who is subscribed is not told.</p>
    `,action:"Delete",dangerous:!0,async run(){await vo(e),A("Deleted."),Zt("retained")}})}function _e(e=""){return`/sessions/-${e}`}function Gs(e,t){return M(_e(),{client_id:e},t)}function js(e,t){return Z("DELETE",_e(),{query:{client_id:e,mode:t}})}async function Ks(e,t){let{items:o}=await Z("POST","/sessions:batchDelete",{body:{client_ids:e,mode:t}});return o.filter(({result:n})=>n===Zl[t]).length}var Zl={disconnect:"disconnected",discard:"discarded"};async function Ys(e,t,o){Zs(await Js("POST",{client_id:e},{topic_filters:[t],qos:o}))}async function Xs(e,t){Zs(await Js("DELETE",{client_id:e,topic_filter:t}))}function Js(e,t,o){return Z(e,_e("/subscriptions"),{query:t,body:o})}function Zs({items:e}){let t=e.find(({problem:o})=>o!==null);if(t!==void 0)throw new Error(`${t.topic_filter}: ${t.problem}`)}function Sn(e){let{payload_preview:t,encoding:o,size:n,truncated:r}=e;return{text:t,encoding:o,size:n,truncated:r}}function So({message:e}){let t=Sn(e);return s`
    <details class="payload-cell">
      <summary>${oo(t)}</summary>
      <${Pe} payload=${t} />
    </details>
  `}var eu=[{key:"seq",title:"No.",numeric:!0,cell:({seq:e})=>b(e)},{key:"topic",title:"Topic",cell:({message:e})=>s`<${Oe} topic=${e.topic} />`},{key:"qos",title:"QoS",numeric:!0,cell:({qos:e})=>e},{key:"size",title:"Size",numeric:!0,minor:!0,cell:e=>C(e.message.size)},{key:"publisher",title:"Publisher",minor:!0,cell:({message:{publisher:e}})=>e===null?"the broker":s`<${se} id=${e} />`},{key:"received",title:"Received",minor:!0,cell:({message:e})=>s`<${ae} at=${e.received_at} />`},{key:"payload",title:"Payload",cell:({message:e})=>s`<${So} message=${e} />`}];function ea({clientId:e}){return s`
    <${pe} label="Queue" path=${_e("/queue")}
      filters=${{client_id:e}} columns=${eu}
      keyOf=${({seq:t})=>String(t)}
      empty=${{title:"Nothing waits.",hint:"Messages wait here while the client is away."}} />
  `}var tu=5e3;function ou({outbound_count:e,inbound_count:t}){return`${b(e)} to the client, ${b(t)} from it`}function ta({clientId:e}){let t={client_id:e},{value:o,error:n,reload:r}=z(e,i=>M(_e("/inflight"),t,i),{everyMs:tu});return n!==void 0?s`<${B} error=${n} retry=${r} />`:o===void 0?s`<${q} />`:o.outbound_count+o.inbound_count===0?s`
      <${V} title="Nothing is under way."
        hint="QoS 1 and 2 messages stand here until they are acknowledged." />
    `:s`
    <div class="list-bar">
      <p class="total">${ou(o)}</p>
      <${G} url=${O(_e("/inflight"),t)} />
    </div>
        <div class="scroll" tabindex="0" role="region" aria-label="In flight, rows">
      <table>
        <thead>
          <tr>
            <th>Packet id</th>
            <th>Topic</th>
            <th>QoS</th>
            <th>State</th>
            <th>Payload</th>
          </tr>
        </thead>
        <tbody>${o.outbound.map(({packet_id:i,qos:a,state:c,ever_sent:f,topic:m,message:p})=>s`
            <tr key=${i}>
              <td class="numeric">${i}</td>
              <td>${m===null?"":s`<${Oe} topic=${m} />`}</td>
              <td class="numeric">${a}</td>
              <td>
                <${P}>${f?c:"not sent yet"}<//></td>
                    <td>${p===null?"":s`<${So} message=${p} />`}</td></tr>
          `)}</tbody>
      </table>
    </div>
      ${o.inbound.length===0?null:s`<p>From the client, waiting for PUBREL: ${o.inbound.join(", ")}</p>`}
  `}var nu=[{key:"topic",title:"Topic",cell:({topic:e})=>s`<a class="id" href=${j("retained-message",{topic:e})}>${e}</a>`},{key:"qos",title:"QoS",numeric:!0,minor:!0,cell:({qos:e})=>e},{key:"size",title:"Size",numeric:!0,minor:!0,cell:({size:e})=>C(e)},{key:"publisher",title:"Publisher",minor:!0,cell:({publisher:e})=>e===null?"the broker":s`<${se} id=${e} />`},{key:"received_at",title:"Received",minor:!0,cell:({received_at:e})=>s`<${ae} at=${e} />`},{key:"payload",title:"Payload",cell:e=>s`<${So} message=${e} />`}],ru=[["","any"],["3600","an hour"],["86400","a day"],["604800","a week"],["2592000","30 days"]],iu=[["","all"],["true","orphans only"]],su=[{label:"Delete",run:au}];function oa(){let[e,t]=S(0),o=()=>t(i=>i+1),r=Object.fromEntries(["q","filter","older_than","publisher","orphan"].map(i=>[i,L(i)]));return s`
    <h1>Retained messages</h1>
        <div class="filters" role="search">
      <${oe} name="q" label="Search" placeholder="a part of the topic" />
      <${oe} name="filter" label="Topic filter" placeholder="sensors/#" />
      <${Me} name="older_than" label="Older than" options=${ru} />
      <${oe} name="publisher" label="Publisher" />
      <${Me} name="orphan" label="Without publisher and subscriber" options=${iu} />
    </div>
        ${re("operator")&&s`
          <div class="head">
            <button type="button" onClick=${()=>go(void 0,o)}>Set a message</button>
            <button type="button" class="danger" disabled=${r.q!==""}
              onClick=${()=>void cu(r,o)}>Delete all that match</button>
          </div>
        `}
        <${pe} label="Retained messages" path="/retained" columns=${nu} filters=${r}
      version=${e} keyOf=${({topic:i})=>i}
      bulk=${re("operator")?su:[]} empty=${{title:"No retained message is like this.",hint:"A message that is published with RETAIN stays here for those who subscribe later."}} />
  `}function au(e,t){W({title:`Delete ${b(e.length)} retained messages?`,body:s`<p>Who is subscribed is not told.</p>`,action:"Delete",dangerous:!0,async run(){for(let o of e)await vo(o);A(`${b(e.length)} deleted.`),t()}})}async function cu(e,t){let{filter:o,older_than:n,publisher:r,orphan:i}=e,a={filter:o===""?"#":o,older_than:n===""?void 0:Number(n),publisher:r===""?void 0:r,orphan:i===""?void 0:!0};try{let{matched:c}=await gn(a,!0);W({title:`Delete all ${b(c)} messages that match?`,body:s`<p>Topic filter <span class="id">${a.filter}</span>. Topics that begin with $
        are deleted only when the filter names them.</p>`,action:"Delete",dangerous:!0,async run(){let{deleted:f}=await gn(a,!1);A(`${b(f)} deleted.`),t()}})}catch(c){A(c instanceof Error?c.message:String(c),!0)}}var na={disconnect:{action:"Disconnect",text:"The connection ends with reason code 0x98. A durable session stays."},discard:{action:"Discard",text:"The connection ends, and the subscriptions and all messages that wait are deleted."}};function xn(e,t,o){let{action:n,text:r}=na[t];W({title:`${n} this session?`,body:s`
      <p class="id">${e}</p>
      <p>${r}</p>
    `,action:n,dangerous:!0,async run(){await js(e,t),A("Done."),o()}})}function En(e,t,o){let{action:n,text:r}=na[t];W({title:`${n} ${e.length} sessions?`,body:s`<p>${r}</p>`,action:n,dangerous:!0,async run(){let i=await Ks(e,t);A(`${i} of ${e.length} sessions ended.`),o()}})}function Tn(e){let{subscription_identifier:t,retain_handling:o}=e;return s`${e.no_local&&s`
      <${P}>no local<//>
    `}
    ${e.retain_as_published&&s`
      <${P}>retain as published<//>
    `}
    ${o!==0&&s`
      <${P}>retain handling ${o}<//>
    `}
    ${t!==null&&s`<${P}>identifier ${t}<//>`}`}var lu=["subscribed","unsubscribed"],ra=[{key:"topic_filter",title:"Topic filter",cell:({topic_filter:e})=>s`<span class="id">${e}</span>`},{key:"qos",title:"QoS",numeric:!0,cell:({qos:e})=>e},{key:"options",title:"Options",minor:!0,cell:Tn}];function ia({clientId:e}){let[t,o]=S(0),n=()=>o(i=>i+1),r=re("operator")?[...ra,uu(e,n)]:ra;return s`
    ${re("operator")&&s`<div class="head"><button type="button"
      onClick=${()=>du(e,n)}>Subscribe on behalf of the client</button>
    </div>`}
      <${pe} label="Subscriptions" path=${_e("/subscriptions")}
      filters=${{client_id:e}} columns=${r} version=${t} events=${lu}
      keyOf=${({topic_filter:i})=>i} empty=${{title:"The client has subscribed to nothing.",hint:"Its subscriptions appear here as soon as it subscribes."}} />
  `}function uu(e,t){return{key:"action",title:"Action",cell:({topic_filter:n})=>s`<button type="button" class="quiet" onClick=${()=>pu(e,n,t)}>Unsubscribe</button>`}}function du(e,t){W({title:"Subscribe on behalf of the client",body:s`
      <label class="field">Topic filter<input name="filter" required autofocus
              autocomplete="off" spellcheck=${!1} /></label>
      <label class="field">QoS<select name="qos"><option>0</option><option>1</option>
              <option>2</option></select></label>
    `,action:"Subscribe",async run(o){await Ys(e,String(o.get("filter")),Number(o.get("qos"))),A("Subscribed."),t()}})}function pu(e,t,o){W({title:"Unsubscribe on behalf of the client?",body:s`
      <p class="id">${t}</p>
      <p>The client is not told.</p>
    `,action:"Unsubscribe",dangerous:!0,async run(){await Xs(e,t),A("Unsubscribed."),o()}})}var fu=["connected","disconnected","subscribed","unsubscribed","session_ended"],mu=1e4;function wn({clientId:e}){let t={client_id:e},{value:o,error:n,reload:r}=z(e,i=>M(_e("/events"),t,i),{events:fu,everyMs:mu});return n!==void 0?s`<${B} error=${n} retry=${r} />`:o===void 0?s`<${q} />`:o.items.length===0?s`
      <${V} title="Nothing is remembered."
        hint="The last events of a client stay for as long as there is room." />
    `:s`
    <div class="list-bar">
      <p class="total">The last ${b(o.items.length)}</p>
      <${G} url=${O(_e("/events"),t)} />
    </div>
    <ol class="timeline">${o.items.toReversed().map(i=>s`<li><time datetime=${i.at}>${Qe(i.at)}</time>
        <strong>${i.type.replaceAll("_"," ")}</strong>
        ${i.count>1?s`
            <span class="faint">${b(i.count)} times</span>
          `:null}
        <span class="id">${hu(i.detail)}</span></li>`)}</ol>
  `}function hu(e){return Object.entries(e).filter(([,t])=>t!=null).map(([t,o])=>`${t.replaceAll("_"," ")}: ${o}`).join(" \xB7 ")}function sa({will:e}){return s`
    <section class="card" aria-label="Will">
      <h2>Will</h2>
      <${be} rows=${_u(e)} />
      <${Pe} payload=${Sn(e)} />
    </section>
  `}function _u(e){let{delay_interval:t,message_expiry_interval:o,due_at:n}=e;return[["Topic",s`<${Oe} topic=${e.topic} />`],["QoS",e.qos],["Retained",e.retain?"yes":"no"],["Delay",t===0?"none":Be(t)],["Expires",o===null?"never":`after ${Be(o)}`],...n===null?[]:[["Is published",Qe(n)]]]}var bu=["connected","disconnected","session_ended","taken_over"],$u=[{key:"client_id",title:"Client id",sort:"client_id",cell:({client_id:e})=>s`<${se} id=${e} />`},{key:"state",title:"State",cell:e=>s`<${Pn} session=${e} />`},{key:"username",title:"Username",minor:!0,cell:({username:e})=>e??""},{key:"address",title:"Address",minor:!0,cell:({connection:e})=>s`<span class="id">${e?.remote_address??""}</span>`},{key:"protocol",title:"Protocol",minor:!0,cell:({protocol:e})=>e},{key:"connected_at",title:"Connected",sort:"connected_at",minor:!0,cell:({connected_at:e})=>s`<${ae} at=${e} />`},mt("subscriptions","Subscriptions",e=>e.subscriptions,{minor:!0}),mt("queue_len","Queue",e=>e.queue_len),mt("inflight","In flight",e=>e.inflight,{minor:!0}),mt("dropped","Dropped",e=>e.dropped),Cn("queue_bytes","Queue bytes",e=>e.queue_bytes),Cn("memory","Memory",e=>e.memory.total),mt("messages_received","Received",e=>e.connection?.messages_received??0,{optional:!0}),mt("messages_sent","Sent",e=>e.connection?.messages_sent??0,{optional:!0}),Cn("pending_bytes","Unsent",e=>e.connection?.pending_bytes??0)];function mt(e,t,o,n={}){return{key:e,title:t,sort:e,numeric:!0,cell:r=>b(o(r)),...n}}function Cn(e,t,o){return{key:e,title:t,sort:e,numeric:!0,optional:!0,cell:r=>C(o(r))}}function Pn({session:e}){let{connected:t,connection:o}=e;return t?o!==null&&o.congestion!=="clear"?s`<${P} tone="warn">${o.congestion}<//>`:s`<${P} tone="good">connected<//>`:s`<${P}>disconnected<//>`}var yu=[{label:"Disconnect",run:(e,t)=>En(e,"disconnect",t)},{label:"Discard",run:(e,t)=>En(e,"discard",t)}],vu=["q","state","protocol","durable","queue_len[gte]","dropped[gte]"];function aa(){let e=Object.fromEntries(vu.map(t=>[t,L(t)]));return s`
    <h1>Sessions</h1>
    <div class="filters" role="search">
      <${oe} name="q" label="Search" placeholder="client id, username, address" />
      <${Me} name="state" label="State" options=${[["","any"],["connected","connected"],["disconnected","disconnected"]]} />
      <${Me} name="protocol" label="Protocol"
        options=${[["","any"],["5.0","5.0"],["3.1.1","3.1.1"],["3.1","3.1"]]} />
      <${Me} name="durable" label="Durable"
        options=${[["","any"],["true","yes"],["false","no"]]} />
      <${oe} name="queue_len[gte]" label="Queue from" type="number" />
      <${oe} name="dropped[gte]" label="Dropped from" type="number" />
    </div>
    <${pe} label="Sessions" path="/sessions" filters=${e} columns=${$u}
      keyOf=${t=>t.client_id} bulk=${re("operator")?yu:[]}
      events=${bu} empty=${{title:"No session is like this.",hint:"Sessions appear here as soon as clients connect. Are the filters too narrow?"}} />
  `}var gu=["connected","disconnected","session_ended","taken_over"],Su=5e3,Bt={subscriptions:{title:"Subscriptions",content:ia},queue:{title:"Queue",content:ea},inflight:{title:"In flight",content:ta},timeline:{title:"Timeline",content:wn}};function ca(){let e=L("client_id"),t=z(e,i=>Gs(e,i),{events:gu,everyMs:Su}),{value:o,error:n}=t,r=n instanceof ye&&n.code==="session_not_found";return s`<p class="crumbs"><a href=${j("sessions")}>Sessions</a></p>
    <h1 class="id">${e===""?"(empty)":e}</h1>
    ${r?s`<${xu} />`:null}
    ${n!==void 0&&!r?s`<${B} error=${n} retry=${t.reload} />`:null}
    ${o===void 0&&n===void 0?s`<${q} />`:null}
    ${o===void 0||r?null:s`<${Eu} session=${o} changed=${t.reload} />`}
    ${r?s`
        <h2>Timeline</h2>
        <${wn} clientId=${e} />
      `:null}`}function xu(){return s`
    <${V} title="There is no such session."
      hint="It has ended, or its client has never connected." />
  `}function Eu({session:e,changed:t}){let{client_id:o,will:n}=e,r=Object.keys(Bt).find(a=>a===L("tab"))??"subscriptions",{content:i}=Bt[r];return s`
    <div class="head">
          <${Pn} session=${e} />
          ${re("operator")&&s`<${Tu} session=${e} changed=${t} />`}
          <${G} url=${O(_e(),{client_id:o})} />
        </div>
    <div class="cards">
      <section class="card">
        <h2>Identity</h2>
        <${be} rows=${wu(e)} />
      </section>
      <section class="card">
        <h2>Limits in force</h2>
        <${be} rows=${Cu(e)} />
      </section>
      <section class="card">
        <h2>Counters</h2>
        <${be} rows=${Pu(e)} />
      </section>
      <section class="card">
        <h2>Memory, estimated</h2>
        <${be} rows=${ku(e)} />
      </section>
      ${n!==null&&s`<${sa} will=${n} />`}
    </div>
    <div class="tabs" role="tablist" aria-label="Parts of the session">${Object.keys(Bt).map(a=>s`
        <button type="button" role="tab" aria-selected=${a===r}
          onClick=${()=>ve({tab:a,cursor:"",sort:""})}>${Bt[a].title}</button>
      `)}</div>
    <div role="tabpanel" aria-label=${Bt[r].title}>
      <${i} key=${r} clientId=${o} />
    </div>
  `}function Tu({session:e,changed:t}){let{client_id:o,connected:n}=e;return s`
    <button type="button" class="danger" disabled=${!n}
      onClick=${()=>xn(o,"disconnect",t)}>Disconnect</button>
    <button type="button" class="danger"
      onClick=${()=>xn(o,"discard",()=>Zt("sessions"))}>Discard</button>
  `}function wu(e){let{connection:t,expiry_interval:o}=e;return[["Username",e.username??"none"],["Address",t?.remote_address??"not connected"],["Protocol",`MQTT ${e.protocol}`],["Clean start",e.clean_start?"yes":"no"],["Connected",s`<${ae} at=${e.connected_at} />`],["Disconnected",s`<${ae} at=${e.disconnected_at} />`],["Outlives its connection",o===null?"for ever":Be(o)],["Will",e.has_will?"yes":"none"],["Node",e.node]]}function Cu(e){let{connection:t,maximum_packet_size:o}=e;return[["Keep alive",t===null||t.keep_alive===0?"none":Be(t.keep_alive)],["Receive maximum",b(e.receive_maximum)],["Maximum packet size",o===null?"none":C(o)],["Topic alias maximum",b(e.topic_alias_maximum)]]}function Pu(e){let{connection:t}=e,o=Object.entries(e.drops).map(([n,r])=>[`Dropped: ${n.replaceAll("_"," ")}`,b(r)]);return[["Subscriptions",b(e.subscriptions)],["Queue",`${b(e.queue_len)} (${C(e.queue_bytes)})`],["In flight to the client",b(e.inflight)],["In flight from the client",b(e.received)],["Dropped",b(e.dropped)],...o,...t===null?[]:[["Messages received",b(t.messages_received)],["Messages sent",b(t.messages_sent)],["Bytes received",C(t.bytes_received)],["Bytes sent",C(t.bytes_sent)],["Unsent",C(t.pending_bytes)]]]}function ku({memory:e}){return[["Session",C(e.session)],["Connection",C(e.connection)],["Subscriptions",C(e.subscriptions)],["Queue",C(e.queue)],["In flight",C(e.inflight)],["Total",C(e.total)]]}var la=["subscribed","unsubscribed","session_ended"],Nu=[{key:"client_id",title:"Client id",cell:({client_id:e,connected:t})=>s`<${se} id=${e} />${t?null:s`
          <${P}>disconnected<//>
        `}`},{key:"topic_filter",title:"Topic filter",cell:({topic_filter:e})=>s`<span class="id">${e}</span>`},{key:"qos",title:"QoS",numeric:!0,cell:({qos:e})=>e},{key:"options",title:"Options",minor:!0,cell:Tn}],Iu=[{key:"group",title:"Group",cell:({group:e})=>s`<a class="id" href=${j("subscriptions",{group:e})}>${e}</a>`},{key:"match_filter",title:"Topic filter",cell:({match_filter:e})=>s`<span class="id">${e}</span>`},{key:"members",title:"Members",numeric:!0,cell:({members:e})=>b(e)}];function ua(e){return Object.fromEntries(e.map(t=>[t,L(t)]))}function da(){return s`
    <h1>Subscriptions</h1>
    <div class="filters" role="search">
      <${oe} name="q" label="Search" placeholder="a part of the topic filter" />
      <${oe} name="match_topic" label="Matches the topic" />
      <${oe} name="client_id" label="Client id" />
      <${oe} name="group" label="Shared group" />
    </div>
    <${pe} label="Subscriptions" path="/subscriptions" columns=${Nu} events=${la}
      filters=${ua(["q","match_topic","client_id","group"])}
      keyOf=${e=>`${e.client_id} ${e.topic_filter}`} empty=${{title:"No subscription is like this.",hint:"Subscriptions appear here as soon as clients subscribe. Are the filters too narrow?"}} />
  `}function pa(){return s`
    <h1>Shared groups</h1>
    <div class="filters" role="search">
      <${oe} name="q" label="Search" placeholder="a part of the topic filter" />
      <${oe} name="group" label="Group" />
    </div>
    <${pe} label="Shared groups" path="/shared-groups" columns=${Iu}
      filters=${ua(["q","group"])} events=${la}
      keyOf=${({topic_filter:e})=>e} empty=${{title:"No subscription is shared.",hint:"Clients that subscribe to $share/<group>/<filter> divide the messages among them."}} />
  `}var Ru=5e3,ma=100,fa=1e3;function kn({parent:e,...t}){let[o,n]=S(ma),r={parent:e,limit:o},{value:i,error:a,reload:c}=_a(r);if(a!==void 0)return s`<${B} error=${a} retry=${c} />`;if(i===void 0)return s`<${q} />`;if(i.items.length===0)return s`
      <${V} title="Nothing has been published."
        hint="A topic appears here with the first message on it." />
    `;let f=()=>n(Math.min(o*2,fa));return s`${e===void 0&&s`
      <div class="list-bar">
        <p class="total">Live tree</p>
        <${G} url=${O("/topics",r)} />
      </div>
    `}
    <ul>${i.items.map(m=>s`<${Au} key=${m.topic} item=${m} ...${t} />`)}</ul>
    ${i.next_cursor===null?null:o<fa?s`<button type="button" class="quiet" onClick=${f}>Show more</button>`:s`<p class="hint">There are more: search for them.</p>`}`}function ha({part:e,...t}){let o={q:e,limit:ma},{value:n,error:r,reload:i}=_a(o);return r!==void 0?s`<${B} error=${r} retry=${i} />`:n===void 0?s`<${q} />`:n.items.length===0?s`<${V} title="No topic is like this." hint="Only topics that are in use are known." />`:s`
    <div class="list-bar">
      <p class="total">The first ${n.items.length}</p>
      <${G} url=${O("/topics",o)} />
    </div>
    <ul>${n.items.map(a=>s`
        <li key=${a.topic}>
          <div class="branch"><span class="opener"></span>
                <${ba} item=${a} text=${a.topic} ...${t} /></div>
        </li>
      `)}</ul>
  `}function _a(e){return z(O("/topics",e),t=>M("/topics",e,t),{everyMs:Ru})}function Au({item:e,...t}){let{selected:o}=t,[n,r]=S(o.startsWith(`${e.topic}/`)),i=e.topic.slice(e.topic.lastIndexOf("/")+1),a=i===""?"(empty level)":i;return s`<li>
    <div class="branch">${e.children===0?s`<span class="opener"></span>`:s`
      <button type="button" class="opener" aria-expanded=${n}
        aria-label=${`${n?"Close":"Open"} ${a}`} onClick=${()=>r(!n)}>${n?"\u25BE":"\u25B8"}</button>
    `}<${ba} item=${e} text=${a} ...${t} /></div>
    ${n&&e.children>0?s`<${kn} parent=${e.topic} ...${t} />`:null}
  </li>`}function ba({item:e,text:t,selected:o,select:n}){let{total:r,own:i}=e;return s`
    <button type="button" class="topic-name" aria-pressed=${e.topic===o}
      onClick=${()=>n(e.topic)}><span class="id">${t}</span></button>
    <span class="topic-value id">${i.messages===0?"":Uu(e)}</span>
    <span class="topic-rate numeric">${r.messages_per_second===0?"":He(r.messages_per_second)}</span>
  `}function Nn({preview:e,preview_encoding:t}){let o=e===null?0:t==="base64"?Math.floor(e.length*3/4):e.length;return{text:e??"",encoding:t??"text",size:o,truncated:!1}}function Uu(e){return oo(Nn(e))}var $a=5e3,Bu=50;function ya({topic:e}){let t={topic:e},{value:o,error:n,reload:r}=z(e,a=>M("/topics/-/stats",t,a),{everyMs:$a}),i=n instanceof ye&&n.code==="topic_not_found";return s`
    <div class="head">
      <h2 class="id">${e}</h2>
      <${G} url=${O("/topics/-/stats",t)} />
    </div>
        ${i&&s`<p>Nothing has been published on it since the start of the broker, or it was
      long ago.</p>`}
        ${n!==void 0&&!i?s`<${B} error=${n} retry=${r} />`:null}
        ${o===void 0&&n===void 0?s`<${q} />`:null}
        ${o===void 0?null:s`<${Ou} stats=${o} />`}
        <h3>Who reads it</h3>
        <${Mu} topic=${e} />
  `}function Ou({stats:e}){let{topic:t,own:o,total:n,last_publisher:r,others:i}=e,a=[["Messages",`${b(o.messages)}, ${He(o.messages_per_second)}`],["Bytes",`${C(o.bytes)}, ${C(o.bytes_per_second)}/s`],["With all below",`${b(n.messages)}, ${He(n.messages_per_second)}`],...i.messages===0?[]:[["Below, not told apart",`about ${b(i.messages)}`]],["Last message",s`<${ae} at=${e.last_at} />`],["Last publisher",r===null?"none":s`<${se} id=${r} />`],["Retained message",e.retained?s`<a href=${j("retained-message",{topic:t})}>yes, show it</a>`:"none"]];return s`<${be} rows=${a} />
    ${e.preview===null?null:s`
      <h3>Last value</h3>
      <${Pe} payload=${Nn(e)} />
    `}`}function Mu({topic:e}){let t={topic:e,limit:Bu,count:"true"},{value:o,error:n,reload:r}=z(e,a=>M("/topics/-/subscribers",t,a),{events:["subscribed","unsubscribed"],everyMs:$a});if(n!==void 0)return s`<${B} error=${n} retry=${r} />`;if(o===void 0)return s`<${q} />`;if(o.items.length+o.groups.length===0)return s`<p class="faint">A message on it would reach nobody.</p>`;let i=j("subscriptions",{match_topic:e});return s`<ul class="bare">
    ${o.items.map(({client_id:a,connected:c,topic_filters:f})=>s`<li key=${a}><${se} id=${a} />
        ${c?null:s`
          <${P}>disconnected<//>
        `}
        <span class="faint id"> ${f.join(", ")}</span></li>`)}
    ${o.groups.map(({topic_filter:a,members:c,next:f})=>s`<li key=${a}><span class="id">${a}</span>
        <span class="faint"> ${b(c)} members${f===null?null:s`, next <${se} id=${f} />`}</span></li>`)}</ul>
  ${o.next_cursor===null?null:s`<p><a href=${i}>All subscriptions that match</a></p>`}`}function va(){let[e,t]=[L("q"),L("topic")],o=n=>ve({topic:n},{push:!0});return s`
    <h1>Topics</h1>
    <div class="filters" role="search">
      <${oe} name="q" label="Search" placeholder="a part of the topic" />
    </div>
    <div class="split">
      <section class="list tree" aria-label="Topics">${e===""?s`<${kn} parent=${void 0} selected=${t} select=${o} />`:s`<${ha} part=${e} selected=${t} select=${o} />`}</section>
      <section class="card" aria-label="The selected topic">${t===""?s`<p class="state">Select a topic to see who writes it and who reads it.</p>`:s`<${ya} key=${t} topic=${t} />`}</section>
    </div>
  `}var In=[{key:"overview",title:"Overview",role:"viewer",content:Vs},{key:"sessions",title:"Sessions",role:"viewer",content:aa},{key:"session",title:"Session",role:"viewer",content:ca,hidden:!0},{key:"topics",title:"Topics",role:"viewer",content:va},{key:"subscriptions",title:"Subscriptions",role:"viewer",content:da},{key:"shared-groups",title:"Shared groups",role:"viewer",content:pa},{key:"retained",title:"Retained",role:"viewer",content:oa},{key:"retained-message",title:"Retained message",role:"viewer",content:Ws,hidden:!0},{key:"inspector",title:"Inspector",role:"viewer",content:Bs},{key:"drops",title:"Drops",role:"viewer",content:Xr},{key:"bans",title:"Bans",role:"viewer",content:Gr},{key:"users",title:"Users",role:"admin",content:Qr},{key:"tokens",title:"API tokens",role:"admin",content:Wr},{key:"config",title:"Configuration",role:"operator",content:jr}];function ga(){let[e,t]=S(),[o,n]=S(!1);return s`
    <main class="sign-in">
      <form onSubmit=${async i=>{i.preventDefault();let a=new FormData(i.target);n(!0),t(void 0);try{await kr(String(a.get("name")),String(a.get("password")))}catch(c){t(c instanceof Error?c.message:String(c)),n(!1)}}}>
          <h1>TideMQ</h1>
          <label class="field">User name<input name="name" autocomplete="username" required autofocus
            autocapitalize="none" spellcheck=${!1} /></label>
          <label class="field">Password<input name="password" type="password"
            autocomplete="current-password" required /></label>
          ${e===void 0?null:s`<p class="failure" role="alert">${e}</p>`}
          <button type="submit" class="primary" disabled=${o}>Sign in</button>
          <p class="hint">The first start prints the password of the user <code>admin</code>.</p>
        </form>
    </main>
  `}var xo=["system","light","dark"],Sa="tidemq-theme",Ot=Q(Lu());function Lu(){let e=localStorage.getItem(Sa);return xo.find(t=>t===e)??"system"}Ue(()=>{let{value:e}=Ot;e==="system"?document.documentElement.removeAttribute("data-theme"):document.documentElement.dataset.theme=e,localStorage.setItem(Sa,e)});function xa(){Ot.value=xo[(xo.indexOf(Ot.value)+1)%xo.length]}function Ea(){let[e,t]=S(),o=()=>{t(void 0),Pr().catch(t)};return ue(o,[]),e!==void 0?s`
      <main>
        <${B} error=${e} retry=${o} />
      </main>
    `:de.value==="unknown"?s`
      <main>
        <${q} />
      </main>
    `:de.value===void 0?s`<${ga} />`:s`<${Du} />`}function Du(){let{page:e}=dt.value,t=In.find(r=>r.key===e),o=Re(null);return ue(()=>{document.title=t===void 0?"TideMQ":`${t.title} \xB7 TideMQ`,scrollTo(0,0)},[e]),s`
    <div class="frame">
      <button type="button" class="skip" onClick=${()=>o.current?.focus()}>Skip to the content</button>
      <${Fu} />
      <${Vu} current=${e} />
      <main ref=${o} tabindex="-1" key=${e}>
        <${qu} page=${t} />
      </main>
      <${Ir} />
      <${Rr} />
    </div>
  `}function qu({page:e}){return e===void 0?s`<${V} title="There is no such page." hint="Choose one from the menu." />`:re(e.role)?s`<${e.content} />`:s`
      <${V} title="Your role may not see this."
        hint=${`This page needs the role ${e.role}.`} />
    `}function Fu(){let{value:e}=de;if(typeof e!="object")return null;let t=()=>Ve(Nr,"Signed out.");return s`
    <header class="top">
      <a class="brand" href=${j("overview")}>TideMQ</a>
      <span class=${tt.value==="live"?"live on":"live"} role="status">${zu[tt.value]}</span>
      <button type="button" class="quiet" onClick=${xa}>Theme: ${Ot.value}</button>
      <span class="account">${e.name} <span class="role">${e.role}</span></span>
      <button type="button" class="quiet" onClick=${t}>Sign out</button>
    </header>
  `}var zu={off:"",connecting:"Connecting",live:"Live"};function Vu({current:e}){let[t,o]=S(!1);ue(()=>o(!1),[e]);let n=In.filter(({role:r,hidden:i})=>!i&&re(r));return s`
    <nav class=${t?"side open":"side"} aria-label="Pages of the console">
      <button type="button" class="menu-button" aria-expanded=${t}
        onClick=${()=>o(!t)}>Menu</button>
      <ul>${n.map(({key:r,title:i})=>s`<li><a href=${j(r)} aria-current=${e===r?"page":null}>${i}</a></li>`)}<li><a href="/api/v1/docs" target="_blank" rel="noopener">API reference</a></li></ul>
    </nav>
  `}Uo(s`<${Ea} />`,document.getElementById("console"));
